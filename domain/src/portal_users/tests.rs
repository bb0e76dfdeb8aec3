use super::*;
use crate::machines::testkit::Kit;
use crate::staff::Role;

const PORTAL: &str = "b24";

fn user(id: i64, email: &str, phone: &str) -> PortalUser {
    let phones = Phone::parse(phone).into_iter().collect();
    PortalUser { id, email: Email::parse(email), phones, active: true }
}

async fn person(kit: &Kit, telegram_id: i64, email: &str, phone: &str) -> StaffId {
    let mut tx = kit.tx().await;
    let now = kit.d.clock.now();
    let staff = staff::add(&mut tx, telegram_id, Role::Manager, "Мария", now).await.unwrap();
    let (email, phone) = (Email::parse(email), Phone::parse(phone));
    staff::set_reach(&mut tx, telegram_id, email.as_ref(), phone.as_ref()).await.unwrap();
    tx.commit().await.unwrap();
    staff.id
}

async fn matched(kit: &Kit, users: &[PortalUser]) -> Vec<(i64, How)> {
    let mut tx = kit.tx().await;
    match_all(&mut tx, PORTAL, users, kit.d.clock.now()).await.unwrap();
    let all = all(&mut tx, PORTAL).await.unwrap();
    tx.commit().await.unwrap();
    all.into_iter().map(|known| (known.portal_user, known.how)).collect()
}

#[tokio::test]
async fn an_email_counts_before_a_phone_and_what_several_share_tells_nothing() {
    let kit = Kit::new().await;
    person(&kit, 1, "Maria@Dealer.example", "").await;
    person(&kit, 2, "", "8 900 555-00-12").await;
    person(&kit, 3, "boss@dealer.example", "+79005550099").await;
    person(&kit, 4, "two@dealer.example", "").await;
    let users = [
        user(7, "maria@dealer.example", ""),
        user(12, "", "+7 900 555 00 12"),
        // They wrote the director's phone into their profile.
        user(13, "clerk@dealer.example", "+79005550099"),
        user(14, "two@dealer.example", ""),
        user(15, "two@dealer.example", ""),
    ];
    assert_eq!(matched(&kit, &users).await, [(7, How::Email), (12, How::Phone)]);
    // Who is known stays who they are, until they are dismissed there.
    let renamed = [user(7, "other@dealer.example", ""), user(20, "maria@dealer.example", "")];
    assert_eq!(matched(&kit, &renamed).await.first(), Some(&(7, How::Email)));
    let dismissed = [PortalUser { active: false, ..user(7, "", "") }, renamed[1].clone()];
    assert!(matched(&kit, &dismissed).await.contains(&(20, How::Email)));
}

#[tokio::test]
async fn a_code_is_good_once_and_not_for_long() {
    let kit = Kit::new().await;
    let maria = person(&kit, 1, "", "").await;
    let now = kit.d.clock.now();
    let mut tx = kit.tx().await;
    let old = issue_code(&mut tx, &maria, now).await.unwrap();
    let code = issue_code(&mut tx, &maria, now).await.unwrap();
    for wrong in [old.as_str(), "0000-0000", ""] {
        let claimed = claim_code(&mut tx, PORTAL, 7, wrong, now).await;
        assert!(matches!(claimed, Err(Error::NotFound)), "{wrong}");
    }
    let late = now + TimeDelta::minutes(16);
    assert!(claim_code(&mut tx, PORTAL, 7, &code, late).await.is_err());
    let typed = code.to_lowercase().replace('-', " ");
    assert_eq!(claim_code(&mut tx, PORTAL, 7, &typed, now).await.unwrap().id, maria);
    assert!(claim_code(&mut tx, PORTAL, 8, &code, now).await.is_err(), "it was used");
    assert_eq!(user_of(&mut tx, PORTAL, &maria).await.unwrap(), Some(7));
    assert_eq!(staff_of(&mut tx, PORTAL, 7).await.unwrap().unwrap().id, maria);
    assert_eq!(staff_of(&mut tx, "other", 7).await.unwrap(), None);
    // Whoever has left is nobody there either.
    staff::remove(&mut tx, 1).await.unwrap();
    assert_eq!(staff_of(&mut tx, PORTAL, 7).await.unwrap(), None);
}
