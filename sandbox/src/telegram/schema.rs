//! Checks traffic against the official schema of the Bot API, given as the JSON of
//! `tests/fixtures/telegram/bot-api-10.3.min.json`: method and type names, field names, types
//! and which are required, as <https://core.telegram.org/bots/api> lists them.

use serde_json::{Map, Value};

/// The schema, ready for checks.
pub struct Schema {
    methods: Map<String, Value>,
    types: Map<String, Value>,
}

impl Schema {
    /// Reads the schema's JSON.
    ///
    /// # Errors
    /// When it is no JSON.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        let mut schema: Value = serde_json::from_str(json)?;
        let mut take = |name: &str| match schema[name].take() {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        let types = take("types");
        let methods = take("methods");
        let methods = methods.into_iter().map(|(name, fields)| (name.to_lowercase(), fields));
        Ok(Self { methods: methods.collect(), types })
    }

    /// What is wrong with a request; empty when it fits. Method names fit in any case.
    #[must_use]
    pub fn check_request(&self, method: &str, params: &Value) -> Vec<String> {
        let mut errors = Vec::new();
        match self.methods.get(&method.to_lowercase()) {
            Some(fields) => self.check(fields, params, method, &mut errors),
            None => errors.push(format!("unknown method {method}")),
        }
        errors
    }

    /// What is wrong with an update that a test feeds to the bot; empty when it fits.
    #[must_use]
    pub fn check_update(&self, update: &Value) -> Vec<String> {
        self.check_type("Update", update)
    }

    /// What is wrong with a value of a named type; empty when it fits.
    #[must_use]
    pub fn check_type(&self, name: &str, value: &Value) -> Vec<String> {
        let mut errors = Vec::new();
        self.fits(name, value, name, &mut errors);
        errors
    }

    fn check(&self, fields: &Value, object: &Value, path: &str, errors: &mut Vec<String>) {
        let Some(object) = object.as_object() else {
            errors.push(format!("{path}: expected an object"));
            return;
        };
        let fields = fields.as_array().map(Vec::as_slice).unwrap_or_default();
        for name in object.keys() {
            if !fields.iter().any(|field| field["name"] == name.as_str()) {
                errors.push(format!("{path}.{name}: unknown field"));
            }
        }
        for field in fields {
            let name = field["name"].as_str().unwrap_or_default();
            let path = format!("{path}.{name}");
            match object.get(name) {
                Some(value) => {
                    self.fits(field["type"].as_str().unwrap_or_default(), value, &path, errors);
                }
                None if field["required"] == true => {
                    errors.push(format!("{path}: required field is missing"));
                }
                None => {}
            }
        }
    }

    fn fits(&self, kind: &str, value: &Value, path: &str, errors: &mut Vec<String>) {
        let kind = kind.trim();
        if let Some(item) = kind.strip_prefix("Array of ") {
            let Some(items) = value.as_array() else {
                errors.push(format!("{path}: expected an array, got {value}"));
                return;
            };
            for (index, value) in items.iter().enumerate() {
                self.fits(item, value, &format!("{path}[{index}]"), errors);
            }
            return;
        }
        let separator = [" or ", " and ", ", "].into_iter().find(|s| kind.contains(s));
        if let Some(separator) = separator {
            let fits = |kind| {
                let mut found = Vec::new();
                self.fits(kind, value, path, &mut found);
                found.is_empty()
            };
            if !kind.split(separator).any(fits) {
                errors.push(format!("{path}: does not fit {kind}"));
            }
            return;
        }
        let simple = match kind {
            "Integer" | "Int" => value.is_i64() || value.is_u64(),
            "Float" | "Float number" => value.is_number(),
            "Boolean" | "True" | "False" => value.is_boolean(),
            "String" | "InputFile" => value.is_string(),
            _ => return self.fits_object(kind, value, path, errors),
        };
        if !simple {
            errors.push(format!("{path}: expected {kind}, got {value}"));
        }
    }

    fn fits_object(&self, kind: &str, value: &Value, path: &str, errors: &mut Vec<String>) {
        let Some(fields) = self.types.get(kind) else { return };
        if !value.is_object() {
            errors.push(format!("{path}: expected {kind} object, got {value}"));
            return;
        }
        let members = self.members(kind);
        if members.is_empty() {
            return self.check(fields, value, path, errors);
        }
        let mut best: Option<Vec<String>> = None;
        for member in members {
            let mut found = Vec::new();
            self.check(&self.types[member], value, &format!("{path}<{member}>"), &mut found);
            if found.is_empty() {
                return;
            }
            if best.as_ref().is_none_or(|best| found.len() < best.len()) {
                best = Some(found);
            }
        }
        errors.extend(best.unwrap_or_default());
    }

    /// The concrete types of an abstract one.
    fn members(&self, kind: &str) -> Vec<&str> {
        let names = self.types.keys().map(String::as_str);
        match kind {
            "InputMessageContent" => names
                .filter(|n| n.starts_with("Input") && n.ends_with("MessageContent") && *n != kind)
                .collect(),
            "MaybeInaccessibleMessage" => vec!["Message", "InaccessibleMessage"],
            _ if self.types[kind].as_array().is_some_and(|fields| !fields.is_empty()) => Vec::new(),
            _ => names.filter(|name| name.starts_with(kind) && *name != kind).collect(),
        }
    }
}
