use super::*;

#[test]
fn what_is_written_is_read_back() {
    for need in [Need::All, Need::InTurn, Need::Count(2)] {
        assert_eq!(need.to_string().parse(), Ok(need));
    }
    for word in ["1003", "manager", "administrator", "engineer", "head"] {
        assert_eq!(word.parse::<Approver>().unwrap().to_string(), word);
    }
    for wrong in ["", "-5", "boss", "0"] {
        assert!(wrong.parse::<Approver>().is_err(), "{wrong}");
        assert!(wrong.parse::<Need>().is_err(), "{wrong}");
    }
}
