//! Tasks by their new names and by their old ones, what is said about them, who leads whom.

use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::Bench;
use crate::bitrix24::{DEPARTMENT_SALES, USER_ADMIN, USER_MANAGER, USER_SECOND};

async fn a_task(bench: &Bench) -> i64 {
    let fields = json!({"TITLE": "Согласование № 1", "RESPONSIBLE_ID": USER_MANAGER,
        "ACCOMPLICES": [USER_SECOND], "UF_CRM_TASK": ["D_201"]});
    let made = bench.ok("tasks.task.add", json!({ "fields": fields })).await;
    made["task"]["id"].as_str().unwrap().parse().unwrap()
}

async fn read(bench: &Bench, task: i64) -> Value {
    let select = json!(["*", "CHAT_ID", "UF_CRM_TASK"]);
    bench.ok("tasks.task.get", json!({"taskId": task, "select": select})).await["task"].clone()
}

#[tokio::test]
async fn whoever_completes_a_task_is_named_and_what_they_say_stands_in_its_chat() {
    let bench = Bench::start().await;
    let task = a_task(&bench).await;
    assert_eq!(read(&bench, task).await["closedBy"], "0");
    assert!(bench.portal.comment_task(task, USER_SECOND, "Отклонить: дорого"));
    assert!(bench.portal.complete_task(task, USER_SECOND));
    assert!(!bench.portal.complete_task(task, USER_SECOND), "a closed task has no such button");
    let told = read(&bench, task).await;
    assert_eq!((&told["status"], &told["closedBy"]), (&json!("5"), &json!("12")));
    let dialog = format!("chat{}", told["chatId"]);
    let said = bench.ok("im.dialog.messages.get", json!({"DIALOG_ID": dialog})).await;
    assert_eq!(said["messages"][0]["author_id"], USER_SECOND);
    assert_eq!(said["messages"][0]["text"], "Отклонить: дорого");
    let old = bench.ok("task.commentitem.getlist", json!({"TASKID": task})).await;
    assert_eq!(old, json!([]), "a task with a chat has no comments of the old kind");
    let mine = json!({"filter": {"UF_CRM_TASK": "D_201", ">=ACTIVITY_DATE": "2020-01-01"}});
    assert_eq!(bench.ok("tasks.task.list", mine).await["tasks"].as_array().unwrap().len(), 1);
    assert!(bench.portal.renew_task(task, USER_ADMIN));
    assert_eq!(read(&bench, task).await["closedBy"], "0");
}

#[tokio::test]
async fn an_old_portal_knows_only_old_names() {
    let bench = Bench::start().await;
    bench.portal.set_old(true);
    for method in ["tasks.task.add", "im.notify.personal.add"] {
        let (status, body) = bench.call(method, json!({})).await;
        assert_eq!((status, &body["error"]), (404, &json!("ERROR_METHOD_NOT_FOUND")), "{method}");
    }
    let data = json!({"TITLE": "Согласование", "RESPONSIBLE_ID": USER_MANAGER});
    let task = bench.ok("task.item.add", json!({ "TASKDATA": data })).await.as_i64().unwrap();
    let comment = json!({"TASKID": task, "FIELDS": {"POST_MESSAGE": "Сумма выросла"}});
    bench.ok("task.commentitem.add", comment).await;
    let said = bench.ok("task.commentitem.getlist", json!({"TASKID": task})).await;
    assert_eq!(said[0]["POST_MESSAGE"], "Сумма выросла");
    let change = json!({"TASKID": task, "TASKDATA": {"STATUS": 5}});
    bench.ok("task.item.update", change).await;
    let told = bench.ok("task.item.getdata", json!({"TASKID": task})).await;
    assert_eq!((&told["REAL_STATUS"], &told["CLOSED_BY"]), (&json!("5"), &json!("1")));
    let sent = bench.ok("im.notify", json!({"to": USER_MANAGER, "message": "Пора"})).await;
    assert!(sent.is_number());
}

#[tokio::test]
async fn a_department_names_its_head() {
    let bench = Bench::start().await;
    let user = bench.ok("user.get", json!({"ID": USER_SECOND})).await;
    assert_eq!(user[0]["UF_DEPARTMENT"], json!([DEPARTMENT_SALES]));
    assert_eq!(user[0]["PERSONAL_MOBILE"], "+79005550012");
    let found = bench.ok("department.get", json!({"ID": [DEPARTMENT_SALES]})).await;
    assert_eq!(found[0]["UF_HEAD"], USER_MANAGER.to_string());
    assert_eq!(found[0]["PARENT"], "1");
}

#[tokio::test]
async fn the_page_of_tasks_completes_and_comments() {
    let bench = Bench::start().await;
    let task = a_task(&bench).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = bench.portal.ui_router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let post = async |act: &str, text: &str| {
        let url = format!("{base}/tasks/{task}/{act}");
        let body = json!({"user": USER_MANAGER, "text": text});
        bench.http.post(url).json(&body).send().await.unwrap().status().as_u16()
    };
    assert_eq!(post("comment", "  ").await, 422);
    assert_eq!(post("comment", "Смотрю").await, 204);
    assert_eq!(post("complete", "").await, 204);
    let page: Value =
        bench.http.get(format!("{base}/tasks")).send().await.unwrap().json().await.unwrap();
    let shown = &page["tasks"][0];
    assert_eq!((&shown["done"], &shown["others"][0]), (&json!(true), &json!("Павел Гусев")));
    assert_eq!(shown["comments"][0]["who"], "Мария Лебедева");
    assert_eq!(post("delete", "").await, 204);
    assert!(bench.portal.tasks().is_empty());
}
