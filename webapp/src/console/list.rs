//! The list that the pages of the console are made of: filters in the address, pages by key, rows
//! that the keyboard walks. Its markup is `templates/staff/_list.html`.

pub(crate) use crate::console::asked::Asked;
use crate::ui::Ui;
use crate::views::deliveries::Chip;
use crate::views::parts::{Badge, Choice};

/// Rows of a page.
pub(crate) const PAGE: i64 = 50;

/// A list as it is shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct List {
    /// Where the form of its filters goes.
    pub(crate) action: String,
    pub(crate) search: Option<Search>,
    pub(crate) selects: Vec<Select>,
    /// Filters that the form carries along.
    pub(crate) keep: Vec<(String, String)>,
    pub(crate) chips: Vec<Tab>,
    /// The same things shown in other ways.
    pub(crate) views: Vec<Tab>,
    pub(crate) heads: Vec<Head>,
    pub(crate) rows: Vec<Row>,
    /// The address of the next page.
    pub(crate) next: Option<String>,
    /// The address of the first page, where this is another.
    pub(crate) first: Option<String>,
    /// The address of the CSV.
    pub(crate) export: Option<String>,
    /// The address of what is printed of it.
    pub(crate) paper: Option<String>,
    /// What is said where there is nothing: a title, and what to do.
    pub(crate) empty: (String, String),
    /// The topics of [`domain::changes`] upon which it is fetched again, separated by spaces.
    pub(crate) live: &'static str,
}

/// A chip of a filter.
#[derive(Clone, Debug)]
pub(crate) struct Tab {
    pub(crate) href: String,
    pub(crate) label: String,
    pub(crate) on: bool,
}

/// The field that `/` leads to.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) value: String,
}

/// A filter with a handful of values.
#[derive(Clone, Debug)]
pub(crate) struct Select {
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) choices: Vec<Choice>,
}

/// The head of a column.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) label: String,
    /// Numbers stand at the right.
    pub(crate) number: bool,
}

/// A row; its first cell leads to `href`.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Empty: it leads nowhere.
    pub(crate) href: String,
    pub(crate) cells: Vec<Cell>,
}

/// One value of a row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cell {
    pub(crate) text: String,
    /// A second line, quieter.
    pub(crate) note: String,
    pub(crate) badge: Option<Badge>,
    /// A number, a sum, a time.
    pub(crate) number: bool,
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), ..Cell::default() }
    }

    pub(crate) fn number(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), number: true, ..Cell::default() }
    }

    pub(crate) fn badge(badge: Badge) -> Cell {
        Cell { badge: Some(badge), ..Cell::default() }
    }

    /// With a second line.
    pub(crate) fn note(self, note: impl Into<String>) -> Cell {
        Cell { note: note.into(), ..self }
    }
}

impl List {
    /// An empty list of what `asked` narrows down, whose texts begin with `words`:
    /// `{words}-empty-title` and `{words}-empty-text`.
    pub(crate) fn of(ui: Ui, asked: &Asked, words: &str) -> List {
        let empty = |end: &str| ui.s(&format!("{words}-empty-{end}")).to_owned();
        List {
            action: asked.path().to_owned(),
            keep: asked.beside(&[]),
            first: asked.before().map(|_| asked.href("before", "")),
            empty: (empty("title"), empty("text")),
            ..List::default()
        }
    }

    /// With a search field whose label is the text `key`.
    pub(crate) fn search(mut self, ui: Ui, asked: &Asked, name: &'static str, key: &str) -> List {
        let value = asked.owned(name).unwrap_or_default();
        self.keep.retain(|(kept, _)| kept != name);
        self.search = Some(Search { name, label: ui.s(key).to_owned(), value });
        self
    }

    /// With a drop-down of values and their labels; the first is for all.
    pub(crate) fn select(
        mut self,
        asked: &Asked,
        name: &'static str,
        label: &str,
        choices: Vec<(String, String)>,
    ) -> List {
        let now = asked.get(name).unwrap_or_default();
        let choice = |(value, label): (String, String)| Choice {
            selected: value == now,
            note: String::new(),
            value,
            label,
        };
        self.keep.retain(|(kept, _)| kept != name);
        let choices = choices.into_iter().map(choice).collect();
        self.selects.push(Select { name, label: label.to_owned(), choices });
        self
    }

    /// With a chip for each value of a filter, by value and label.
    pub(crate) fn chips(mut self, asked: &Asked, name: &str, chips: Vec<(&str, String)>) -> List {
        let now = asked.get(name).unwrap_or_default();
        let chip = |(value, label): (&str, String)| Tab {
            href: asked.href(name, value),
            label,
            on: value == now,
        };
        self.chips = chips.into_iter().map(chip).collect();
        self
    }

    /// With the other ways to show it.
    pub(crate) fn views(mut self, views: Vec<Tab>) -> List {
        self.views = views;
        self
    }

    /// With these columns; a key that ends with `#` is a column of numbers.
    pub(crate) fn heads(mut self, ui: Ui, keys: &[&str]) -> List {
        let head = |key: &&str| {
            let (key, number) = match key.strip_suffix('#') {
                Some(key) => (key, true),
                None => (*key, false),
            };
            Head { label: ui.s(key).to_owned(), number }
        };
        self.heads = keys.iter().map(head).collect();
        self
    }

    /// With these rows, and the page after them where there is one.
    pub(crate) fn rows(mut self, asked: &Asked, rows: Vec<Row>, next: Option<&str>) -> List {
        self.rows = rows;
        self.next = next.map(|key| {
            let address = asked.href("before", "");
            let joint = if address.contains('?') { '&' } else { '?' };
            format!("{address}{joint}before={key}")
        });
        self
    }

    /// The label of a column: on a phone a row is a card, and each value bears its own.
    pub(crate) fn head(&self, column: &usize) -> &str {
        self.heads.get(*column).map_or("", |head| &head.label)
    }

    /// Fetched again upon these topics.
    pub(crate) fn live(mut self, topics: &'static str) -> List {
        self.live = topics;
        self
    }

    /// With the address of its CSV.
    pub(crate) fn export(mut self, asked: &Asked, path: &str) -> List {
        self.export = Some(asked.at(path, "before", ""));
        self
    }
}

impl Tab {
    /// A way to show the same things; its label is the text `key`.
    pub(crate) fn to(ui: Ui, href: impl Into<String>, key: &str, on: bool) -> Tab {
        Tab { href: href.into(), label: ui.s(key).to_owned(), on }
    }
}

impl From<Chip> for Tab {
    fn from(chip: Chip) -> Tab {
        Tab { href: chip.href, label: chip.label, on: chip.on }
    }
}
