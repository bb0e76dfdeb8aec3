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

#[test]
fn a_deal_meets_a_rule_only_in_everything_that_it_says() {
    let rule: Rule = serde_json::from_value(serde_json::json!({
        "name": "тула", "connection": "b24", "entity": "deal", "pipeline": "2",
        "amount_from": 100, "amount_to": 200, "stages": ["NEW"],
        "fields": { "UF_REGION": "Тула" }, "responsible": ["17"], "approvers": ["1003"],
    }))
    .unwrap();
    assert_eq!(rule.policy, Policy::default());
    let deal: DealFacts = serde_json::from_value(serde_json::json!({
        "connection": "b24", "entity": "deal", "id": "1", "title": "", "amount": 150,
        "pipeline": "2", "stage": "NEW", "responsible": "17", "created_by": null, "asked_by": "",
        "heads": [], "staff": {}, "fields": { "UF_REGION": "Тула" }, "rows": [], "files": [],
        "url": null, "state": "open",
    }))
    .unwrap();
    assert!(rule.catches(&deal));
    let others: [fn(&mut DealFacts); 9] = [
        |deal| deal.connection = "amo".to_owned(),
        |deal| deal.entity = Entity::Lead,
        |deal| deal.pipeline = None,
        |deal| deal.amount = Some(Money::kopecks(99)),
        |deal| deal.amount = Some(Money::kopecks(201)),
        |deal| deal.stage = "WON".to_owned(),
        |deal| deal.fields.clear(),
        |deal| deal.responsible = None,
        |deal| deal.state = DealState::Deleted,
    ];
    let mut deals = vec![deal.clone()];
    for (place, other) in others.into_iter().enumerate() {
        let mut changed = deal.clone();
        other(&mut changed);
        assert!(!rule.catches(&changed), "{place}");
        deals.push(changed);
    }
    let caught = Rules::new(vec![rule]).dry_run(&deals);
    assert_eq!((caught[0].rule.as_str(), caught[0].deals.as_slice()), ("тула", &[0][..]));
}
