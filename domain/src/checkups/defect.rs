//! What may be wrong between the configuration and an account, and how it is said.

use serde::{Deserialize, Serialize};

use crate::texts::{Lang, TextArg, Texts};

/// So many names of what could be chosen stand in a sentence.
const CHOICES: usize = 8;

/// Something of an account, by id and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its id there.
    pub id: String,
    /// What people call it there.
    pub name: String,
}

/// Something that the account may let us do, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// To see them.
    View,
    /// To make them.
    Add,
    /// To change them.
    Edit,
}

/// One thing that does not fit. `setting` is the variable, or the place in `mypark.toml`, to be
/// changed; `there` is what could be chosen instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "defect", rename_all = "snake_case")]
pub enum Defect {
    /// There is no such pipeline.
    PipelineGone {
        /// Where it is named.
        setting: String,
        /// Its id.
        id: String,
        /// The others.
        there: Vec<Named>,
    },
    /// The pipeline is put away: its deals are not seen on the board.
    PipelineArchived {
        /// Where it is named.
        setting: String,
        /// Which.
        pipeline: Named,
        /// The others.
        there: Vec<Named>,
    },
    /// None is configured, and the account has no main one.
    PipelineUnchosen {
        /// Where it is to be named.
        setting: String,
        /// Those that could be.
        there: Vec<Named>,
    },
    /// The pipeline has no such stage.
    StageGone {
        /// Where it is named.
        setting: String,
        /// Its id.
        id: String,
        /// The pipeline's name.
        pipeline: String,
        /// Its stages.
        there: Vec<Named>,
    },
    /// There is no such field.
    FieldGone {
        /// Where it is named.
        setting: String,
        /// Our name of it.
        ours: String,
        /// Its id.
        id: String,
        /// `leads`, `contacts`, `companies`.
        entity: String,
    },
    /// The field cannot hold what we write.
    FieldKind {
        /// Where it is named.
        setting: String,
        /// Our name of it.
        ours: String,
        /// Which.
        field: Named,
        /// Its type.
        kind: String,
        /// Types that can.
        wanted: Vec<String>,
    },
    /// A stage that we move deals to wants a field filled that we do not fill.
    FieldRequired {
        /// Which.
        field: Named,
        /// At which of our stages.
        stages: Vec<Named>,
    },
    /// There is no such list of products.
    ListGone {
        /// Its id.
        id: String,
    },
    /// There is no such person in the account.
    UserGone {
        /// Where they are named.
        setting: String,
        /// Their id.
        id: String,
        /// The others.
        there: Vec<Named>,
    },
    /// The person is switched off and can be responsible for nothing.
    UserOff {
        /// Where they are named.
        setting: String,
        /// Who.
        user: Named,
    },
    /// Our access is not an administrator's: people cannot be compared, webhooks not be made.
    NotAdministrator,
    /// Our access may not do what we need.
    NoRight {
        /// `leads`, `contacts`, `companies`, `tasks`, `catalogs`.
        entity: String,
        /// What it may not.
        right: Right,
    },
    /// Our access lacks rights that what is configured needs.
    ScopesLack {
        /// Their names there.
        rights: Vec<String>,
    },
    /// The tariff has no filters: changes are found by their order.
    NoFilters,
}

impl Defect {
    /// Whether something does not work because of it. The others are limits that we do without.
    pub fn is_grave(&self) -> bool {
        !matches!(self, Defect::NotAdministrator | Defect::NoFilters)
    }

    /// Its name in texts.
    pub fn word(&self) -> &'static str {
        match self {
            Defect::PipelineGone { .. } => "pipeline-gone",
            Defect::PipelineArchived { .. } => "pipeline-archived",
            Defect::PipelineUnchosen { .. } => "pipeline-unchosen",
            Defect::StageGone { .. } => "stage-gone",
            Defect::FieldGone { .. } => "field-gone",
            Defect::FieldKind { .. } => "field-kind",
            Defect::FieldRequired { .. } => "field-required",
            Defect::ListGone { .. } => "list-gone",
            Defect::UserGone { .. } => "user-gone",
            Defect::UserOff { .. } => "user-off",
            Defect::NotAdministrator => "not-administrator",
            Defect::NoRight { .. } => "no-right",
            Defect::ScopesLack { .. } => "scopes-lack",
            Defect::NoFilters => "no-filters",
        }
    }

    /// What is wrong and what to press, in a sentence or two.
    pub fn words(&self, lang: Lang) -> String {
        let texts = Texts::of(lang);
        let args = self.args(texts);
        let args: Vec<(&str, TextArg<'_>)> =
            args.iter().map(|(name, value)| (*name, value.as_str().into())).collect();
        texts.format(&format!("defect-{}", self.word()), &args)
    }

    fn args(&self, texts: &Texts) -> Vec<(&'static str, String)> {
        let own = str::to_owned;
        match self {
            Defect::PipelineGone { setting, id, there }
            | Defect::UserGone { setting, id, there } => {
                vec![("setting", own(setting)), ("id", own(id)), ("there", listed(there))]
            }
            Defect::PipelineArchived { setting, pipeline, there } => {
                vec![("setting", own(setting)), ("name", shown(pipeline)), ("there", listed(there))]
            }
            Defect::PipelineUnchosen { setting, there } => {
                vec![("setting", own(setting)), ("there", listed(there))]
            }
            Defect::StageGone { setting, id, pipeline, there } => vec![
                ("setting", own(setting)),
                ("id", own(id)),
                ("pipeline", own(pipeline)),
                ("there", listed(there)),
            ],
            Defect::FieldGone { setting, ours, id, entity } => vec![
                ("setting", own(setting)),
                ("field", ours_of(texts, ours)),
                ("id", own(id)),
                ("where", own(texts.get(&format!("defect-in-{entity}")))),
            ],
            Defect::FieldKind { setting, ours, field, kind, wanted } => vec![
                ("setting", own(setting)),
                ("field", ours_of(texts, ours)),
                ("name", shown(field)),
                ("kind", kind_of(texts, kind)),
                ("wanted", either(texts, wanted)),
            ],
            Defect::FieldRequired { field, stages } => {
                vec![("name", shown(field)), ("stages", listed(stages))]
            }
            Defect::ListGone { id } => vec![("id", own(id))],
            Defect::UserOff { setting, user } => {
                vec![("setting", own(setting)), ("name", shown(user))]
            }
            Defect::NoRight { entity, right } => {
                let right = match right {
                    Right::View => "view",
                    Right::Add => "add",
                    Right::Edit => "edit",
                };
                vec![
                    ("right", own(texts.get(&format!("defect-right-{right}")))),
                    ("entity", own(texts.get(&format!("defect-of-{entity}")))),
                ]
            }
            Defect::ScopesLack { rights } => vec![("rights", rights.join(", "))],
            Defect::NotAdministrator | Defect::NoFilters => Vec::new(),
        }
    }
}

fn shown(one: &Named) -> String {
    format!("«{}» ({})", one.name, one.id)
}

fn listed(all: &[Named]) -> String {
    let names: Vec<String> =
        all.iter().take(CHOICES).map(|one| format!("{} «{}»", one.id, one.name)).collect();
    let more = if all.len() > CHOICES { ", …" } else { "" };
    match names.is_empty() {
        true => "—".to_owned(),
        false => format!("{}{more}", names.join(", ")),
    }
}

/// Our field as a plan calls it.
fn ours_of(texts: &Texts, ours: &str) -> String {
    let key = format!("plan-field-{ours}");
    if texts.has(&key) { texts.get(&key).to_owned() } else { ours.to_owned() }
}

/// A type as the CRM's own pages call it.
fn kind_of(texts: &Texts, kind: &str) -> String {
    let key = format!("defect-kind-{kind}");
    if texts.has(&key) { texts.get(&key).to_owned() } else { kind.to_owned() }
}

fn either(texts: &Texts, kinds: &[String]) -> String {
    let named: Vec<String> =
        kinds.iter().map(|kind| format!("«{}»", kind_of(texts, kind))).collect();
    named.join(texts.get("defect-or"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(id: &str, name: &str) -> Named {
        Named { id: id.to_owned(), name: name.to_owned() }
    }

    fn all() -> Vec<Defect> {
        let setting = || "AMOCRM_X".to_owned();
        let (id, there) = (|| "7".to_owned(), || vec![named("11", "Новый")]);
        vec![
            Defect::PipelineGone { setting: setting(), id: id(), there: there() },
            Defect::PipelineArchived {
                setting: setting(),
                pipeline: named("2", "Старая"),
                there: there(),
            },
            Defect::PipelineUnchosen { setting: setting(), there: there() },
            Defect::StageGone {
                setting: setting(),
                id: id(),
                pipeline: "Продажи".to_owned(),
                there: there(),
            },
            Defect::FieldGone {
                setting: setting(),
                ours: "serial".to_owned(),
                id: id(),
                entity: "leads".to_owned(),
            },
            Defect::FieldKind {
                setting: setting(),
                ours: "serial".to_owned(),
                field: named("5", "Номер"),
                kind: "numeric".to_owned(),
                wanted: vec!["text".to_owned(), "textarea".to_owned()],
            },
            Defect::FieldRequired { field: named("9", "Источник"), stages: there() },
            Defect::ListGone { id: id() },
            Defect::UserGone { setting: setting(), id: id(), there: there() },
            Defect::UserOff { setting: setting(), user: named("3", "Анна") },
            Defect::NotAdministrator,
            Defect::NoRight { entity: "tasks".to_owned(), right: Right::Add },
            Defect::ScopesLack { rights: vec!["task".to_owned(), "im".to_owned()] },
            Defect::NoFilters,
        ]
    }

    #[test]
    fn each_defect_says_what_is_wrong_in_both_languages() {
        for defect in all() {
            for lang in [Lang::Ru, Lang::En] {
                let words = defect.words(lang);
                let key = format!("defect-{}", defect.word());
                assert!(Texts::of(lang).has(&key) && words.len() > 40, "{key}: {words}");
                assert!(!words.contains("{$") && !words.contains("defect-"), "{words}");
                for (_, value) in defect.args(Texts::of(lang)) {
                    assert!(words.contains(&value), "{key} leaves out {value}: {words}");
                }
            }
        }
    }

    #[test]
    fn a_long_list_of_choices_is_cut() {
        let many: Vec<Named> = (0..30).map(|id| named(&id.to_string(), "Имя")).collect();
        assert_eq!(listed(&many).matches('«').count(), CHOICES);
        assert!(listed(&many).ends_with('…') && listed(&[]) == "—");
    }
}
