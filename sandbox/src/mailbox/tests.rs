//! Raw SMTP against the mailbox, as a client on the wire would speak it.

use std::sync::Arc;

use chrono::DateTime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::mailbox::{MailFault, Mailbox};

async fn mailbox() -> Mailbox {
    let now = Arc::new(|| DateTime::from_timestamp(1_767_225_600, 0).unwrap());
    Mailbox::start("127.0.0.1:0".parse().unwrap(), now).await.unwrap()
}

/// Sends everything at once and gives what the server said until it closed.
async fn talk(mailbox: &Mailbox, words: &str) -> String {
    let url = mailbox.url();
    let mut stream = TcpStream::connect(url.strip_prefix("smtp://").unwrap()).await.unwrap();
    stream.write_all(words.replace('\n', "\r\n").as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    // A server that drops a client in the middle of its words ends in a reset, not in silence.
    let _ended = stream.read_to_end(&mut heard).await;
    String::from_utf8(heard).unwrap()
}

const MAIL: &str = "EHLO me
MAIL FROM:<park@dealer.example> BODY=8BITMIME
RCPT TO:<orders@dealer.example>
RCPT TO:<boss@dealer.example>
DATA
Subject: =?utf-8?b?0JfQsNC60LDQtw==?= =?utf-8?b?IG5vdmVtYmVy?= 7
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=\"edge\"

--edge
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

=D0=A8=D0=B5=D1=81=D1=82=D0=B5=D1=80=D0=BD=D1=8F =
3 pieces
..dot
--edge
Content-Type: application/pdf
Content-Disposition: attachment; filename*0*=UTF-8''%D0%B0%D0%BA; filename*1*=%D1%82.pdf

%PDF
--edge--
.
QUIT
";

#[tokio::test]
async fn a_mail_comes_decoded() {
    let mailbox = mailbox().await;
    let mut news = mailbox.subscribe();
    let heard = talk(&mailbox, MAIL).await;
    assert!(heard.contains("250 taken"), "{heard}");
    assert!(heard.trim_end().ends_with("221 goodbye"), "{heard}");
    let mail = mailbox.mails().remove(0);
    assert_eq!(mail.from, "park@dealer.example");
    assert_eq!(mail.to, ["orders@dealer.example", "boss@dealer.example"]);
    assert_eq!(mail.subject, "Заказ november 7");
    assert_eq!(mail.text, "Шестерня 3 pieces\n.dot");
    assert_eq!(mail.attachments, ["акт.pdf"]);
    assert!(news.has_changed().unwrap());
    news.mark_unchanged();
}

#[tokio::test]
async fn base64_text_is_read() {
    let mailbox = mailbox().await;
    let mail = "EHLO me\nMAIL FROM:<a@b.example>\nRCPT TO:<c@d.example>\nDATA\nSubject: =?UTF-8?Q?=D0=A2=D0=9E_1?=\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n0JfQsNC60LDQ\ntyDihJYxMjM=\n.\nQUIT\n";
    talk(&mailbox, mail).await;
    let kept = mailbox.mails().remove(0);
    assert_eq!(kept.subject, "ТО 1");
    assert_eq!(kept.text, "Заказ №123");
}

#[tokio::test]
async fn faults_are_seen_by_the_client() {
    let mailbox = mailbox().await;
    mailbox.set_fault(Some(MailFault::Unavailable), 1);
    assert!(talk(&mailbox, "QUIT\n").await.starts_with("421"));
    mailbox.set_fault(Some(MailFault::TryLater), 1);
    let heard =
        talk(&mailbox, "EHLO me\nMAIL FROM:<a@b.example>\nRCPT TO:<c@d.example>\nQUIT\n").await;
    assert!(heard.contains("451"), "{heard}");
    mailbox.set_fault(Some(MailFault::DropAfter), 1);
    let heard = talk(&mailbox, MAIL).await;
    assert!(!heard.contains("taken"), "{heard}");
    assert_eq!(mailbox.mails().len(), 1);
    assert_eq!(mailbox.fault(), None);
}
