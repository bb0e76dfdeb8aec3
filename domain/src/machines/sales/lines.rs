//! The machines that a deal names, read from what people type into its fields.

use crate::text::clean;

/// One machine of a deal, as far as the deal describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SoldMachine {
    /// As on its plate.
    pub serial: Option<String>,
    /// The model's code or name.
    pub model: Option<String>,
    /// How it was equipped.
    pub configuration: Option<String>,
}

/// The machines that the fields of a deal describe.
///
/// - One serial number: one machine, with the model and the whole configuration.
/// - Several serial numbers, by commas, semicolons or lines: as many machines of that model, each
///   with the whole configuration.
/// - No serial number, and lines «модель; серийный; конфигурация» in the configuration: each such
///   line is a machine; a line without a semicolon goes on with the configuration before it.
/// - Without a model, `products` (the model's code and how many) say it, in their order.
pub fn sold_machines(
    serial: Option<&str>,
    model: Option<&str>,
    configuration: Option<&str>,
    products: &[(String, usize)],
) -> Vec<SoldMachine> {
    let filled = |text: &str| clean(text, 200).filter(|text| !text.is_empty());
    let serials: Vec<String> =
        serial.unwrap_or_default().split([',', ';', '\n']).filter_map(filled).collect();
    let whole = configuration.and_then(|text| clean(text, 4000)).filter(|text| !text.is_empty());
    let lines = whole.as_deref().filter(|_| serials.is_empty()).map(listed).unwrap_or_default();
    if !lines.is_empty() {
        return lines;
    }
    let model = model.and_then(filled);
    let bought: Vec<&String> = match model {
        Some(_) => Vec::new(),
        None => products.iter().flat_map(|(code, many)| vec![code; (*many).min(100)]).collect(),
    };
    if serials.is_empty() && model.is_none() && bought.is_empty() {
        return Vec::new();
    }
    let count = serials.len().max(bought.len()).max(1);
    let machine = |at: usize| SoldMachine {
        serial: serials.get(at).cloned(),
        model: model.clone().or_else(|| bought.get(at).map(|code| (*code).clone())),
        configuration: whole.clone(),
    };
    (0..count).map(machine).collect()
}

/// The machines of a list «модель; серийный; конфигурация».
fn listed(text: &str) -> Vec<SoldMachine> {
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let mut machines: Vec<SoldMachine> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let mut parts = line.splitn(3, ';');
        let (model, serial) = (parts.next().unwrap_or_default(), parts.next());
        match (serial, machines.last_mut()) {
            (Some(serial), _) => machines.push(SoldMachine {
                model: filled(model),
                serial: filled(serial),
                configuration: parts.next().and_then(filled),
            }),
            (None, Some(machine)) => {
                let before = machine.configuration.take().map(|text| text + "\n");
                machine.configuration = Some(before.unwrap_or_default() + line.trim());
            }
            // Words above the list say nothing of a machine.
            (None, None) => {}
        }
    }
    machines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(model: &str, serial: &str, configuration: &str) -> SoldMachine {
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        SoldMachine {
            serial: filled(serial),
            model: filled(model),
            configuration: filled(configuration),
        }
    }

    #[test]
    fn one_serial_is_one_machine_whatever_its_configuration_holds() {
        let sold = sold_machines(Some("100"), Some("16К20"), Some("УЦИ; люнет; СОЖ"), &[]);
        assert_eq!(sold, [machine("16К20", "100", "УЦИ; люнет; СОЖ")]);
        let several = sold_machines(Some("100, 101\n102"), Some("16К20"), Some("УЦИ"), &[]);
        assert_eq!(several.len(), 3);
        assert_eq!(several[2], machine("16К20", "102", "УЦИ"));
    }

    #[test]
    fn lines_of_the_configuration_are_machines_where_no_serial_is_filled() {
        let text = "Поставка в два этапа\n16К20; 100; УЦИ; люнет\nи кожух\n\nvmc850;;BT40\n;300";
        let sold = sold_machines(None, Some("линия"), Some(text), &[]);
        let expected = [
            machine("16К20", "100", "УЦИ; люнет\nи кожух"),
            machine("vmc850", "", "BT40"),
            machine("", "300", ""),
        ];
        assert_eq!(sold, expected);
    }

    #[test]
    fn products_say_the_model_where_the_field_does_not() {
        let products = [("vmc850".to_owned(), 2), ("16k20".to_owned(), 1)];
        let sold = sold_machines(Some("A1; A2"), None, None, &products);
        let expected =
            [machine("vmc850", "A1", ""), machine("vmc850", "A2", ""), machine("16k20", "", "")];
        assert_eq!(sold, expected);
        assert!(sold_machines(None, None, Some("Доставка до цеха"), &[]).is_empty());
        assert_eq!(sold_machines(None, Some("vmc850"), None, &[]), [machine("vmc850", "", "")]);
    }
}
