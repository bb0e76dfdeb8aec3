//! How every page fares when the database is ten times larger.

use std::rc::Rc;

use crate::data::{self, Data, MANAGER};
use crate::load::Requests;
use crate::process::Product;
use crate::scenes::{get, measure, session};

/// Enough to keep the server busy, few enough to see its own time.
const CONNECTIONS: usize = 4;

/// A page over both databases.
#[derive(Clone, Debug)]
pub(crate) struct Growth {
    pub(crate) page: &'static str,
    /// Microseconds of processor for each answer over the smaller database.
    pub(crate) small: f64,
    /// The same over the larger one.
    pub(crate) large: f64,
}

impl Growth {
    /// How many times slower it became.
    pub(crate) fn factor(&self) -> f64 {
        self.large / self.small
    }
}

const PAGES: [(&str, &str); 13] = [
    ("park", "/app/park"),
    ("tiles of the park", "/app/park/tiles"),
    ("passport", "/app/machines/{machine}"),
    ("parts", "/app/parts"),
    ("parts of a machine", "/app/parts?machine={machine}"),
    ("parts, searched", "/app/parts?q=%D1%88%D0%B5%D1%81%D1%82%D0%B5%D1%80%D0%BD%D1%8F"),
    ("parts, as one begins to type", "/app/parts?q=%D1%88%D0%B5"),
    ("parts, by an old article", "/app/parts?q=1%D0%BA62.02.114"),
    ("part", "/app/parts/{part}"),
    ("cart", "/app/cart"),
    ("orders", "/app/orders"),
    ("requests", "/app/requests"),
    ("desk", "/app/desk"),
];

/// Measures every page over both, one after the other.
pub(crate) async fn compare(
    small: &Product,
    small_data: &Data,
    large: &Product,
    large_data: &Data,
) -> anyhow::Result<Vec<Growth>> {
    let mut all = Vec::new();
    for (page, path) in PAGES {
        let few = requests(path, small_data);
        let many = requests(path, large_data);
        let (_, small) = measure(small, CONNECTIONS, &Rc::default(), &few).await?;
        let (_, large) = measure(large, CONNECTIONS, &Rc::default(), &many).await?;
        all.push(Growth { page, small, large });
    }
    Ok(all)
}

/// The same number of people over both, so that only the database differs.
fn requests(path: &str, data: &Data) -> Requests {
    let people = 0..500;
    let step = data.size.customers / 500;
    let ready: Vec<Vec<u8>> = people
        .map(|number| {
            let customer = number * step;
            let person = if path == "/app/desk" { MANAGER } else { data::person(customer) };
            let machine = data::machine(customer, &data.size);
            let path = path.replace("{machine}", &machine).replace("{part}", &data.part);
            get(&path, &session(person))
        })
        .collect();
    Rc::new(move |number| ready[usize::try_from(number).unwrap_or_default() % ready.len()].clone())
}
