//! What was said of a request: messages of its thread, times of a visit, the rating.

use chrono::NaiveDate;
use chrono_tz::Tz;
use domain::outbox::RequestNews;
use domain::requests::{RequestCase, Window};
use domain::texts::Texts;
use domain::thread::Word;
use domain::words;

/// The note of one piece of news; `word` is the message that it is about, if it is one. The first line
/// is what the note is found by.
pub fn talk_text(
    texts: &Texts,
    (case, word): (&RequestCase, Option<&Word>),
    news: &RequestNews,
    (zone, today): (Tz, NaiveDate),
) -> String {
    let title = |key: &str, name: &str| {
        let number = ("number", case.request.number.as_str().into());
        texts.format(key, &[number, ("name", name.into())])
    };
    let period = |window: Window| words::period(texts, (window.from, window.until), zone, today);
    let customer = case.customer_name.as_str();
    let mut text = Vec::new();
    match news {
        RequestNews::Word { .. } => {
            let staff = word.and_then(|word| word.staff_name.as_deref());
            text.push(match staff {
                Some(name) => title("crm-word-dealer", name),
                None => title("crm-word-customer", customer),
            });
            text.extend(word.map(|word| word.text.clone()).filter(|text| !text.is_empty()));
        }
        RequestNews::Windows { .. } => {
            text.push(title("crm-windows", customer));
            text.extend(case.offer.windows.iter().map(|window| period(*window)));
        }
        RequestNews::Chosen { .. } => {
            text.push(title("crm-window-chosen", customer));
            text.extend(case.offer.visit().map(period));
        }
        RequestNews::Rated { .. } => {
            text.push(title("crm-rated", customer));
            if let Some(rating) = &case.rating {
                let stars = [("stars", rating.stars.to_string().into())];
                text.push(texts.format("crm-rated-stars", &stars));
                text.extend(Some(rating.comment.clone()).filter(|text| !text.is_empty()));
            }
        }
    }
    text.join("\n")
}
