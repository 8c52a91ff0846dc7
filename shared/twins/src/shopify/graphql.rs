//! Reads GraphQL documents as their specification says, and cuts answers down to what was asked for.
//!
//! CHANNELS §6; spec.graphql.org (October 2021 edition); costs as shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits
//! describes them, read 2026-11-30.

use serde_json::{Map, Value, json};

/// The most points one document may cost.
pub(crate) const COST_MAX: u64 = 1_000;
/// The most rows of one page.
const ROWS_MAX: u64 = 250;
/// What any mutation costs.
const MUTATION_COST: u64 = 10;

/// A field that is asked for, or an inline fragment (`name` is then `...`).
#[derive(Clone, Debug, Default)]
pub(crate) struct Field {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) arguments: Map<String, Value>,
    /// The key of `@idempotent(key:)`.
    pub(crate) idempotency_key: Option<String>,
    pub(crate) selection: Vec<Field>,
    /// The type an inline fragment is for.
    on: String,
}

impl Field {
    pub(crate) fn argument(&self, name: &str) -> &Value {
        self.arguments.get(name).unwrap_or(&Value::Null)
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.argument(name).as_str().unwrap_or_default()
    }
}

/// One operation with its root fields.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) is_mutation: bool,
    pub(crate) fields: Vec<Field>,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Name(String),
    Text(String),
    Number(String),
    Mark(char),
    Spread,
}

struct Reader<'a> {
    tokens: Vec<Token>,
    at: usize,
    variables: &'a Value,
}

/// Reads a document with its variables put in.
pub(crate) fn parse(text: &str, variables: &Value) -> Result<Document, String> {
    let mut reader = Reader { tokens: tokens(text)?, at: 0, variables };
    let is_mutation = match reader.peek() {
        Some(Token::Name(word)) if word == "mutation" => true,
        Some(Token::Name(word)) if word == "query" => false,
        Some(Token::Mark('{')) => false,
        _ => return Err("Parse error: expected an operation".to_owned()),
    };
    // The word itself, and the operation's own name; a query may go without both.
    while matches!(reader.peek(), Some(Token::Name(_))) {
        reader.at += 1;
    }
    if reader.eat('(') {
        reader.definitions()?;
    }
    let fields = reader.selection()?;
    if reader.at < reader.tokens.len() {
        return Err("Parse error: something follows the operation".to_owned());
    }
    Ok(Document { is_mutation, fields })
}

/// The root fields' names, whatever the variables are; for telling requests apart.
pub(crate) fn root_names(text: &str) -> Vec<String> {
    let Ok(tokens) = tokens(text) else { return Vec::new() };
    let mut depth = 0;
    let mut names = Vec::new();
    let mut arguments = 0;
    for pair in tokens.windows(2) {
        match &pair[0] {
            Token::Mark('(') => arguments += 1,
            Token::Mark(')') => arguments -= 1,
            Token::Mark('{') if arguments == 0 => depth += 1,
            Token::Mark('}') if arguments == 0 => depth -= 1,
            Token::Name(name) if depth == 1 && arguments == 0 && pair[1] != Token::Mark(':') => {
                names.push(name.clone());
            }
            _ => {}
        }
    }
    names
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let length = match first {
            _ if first.is_whitespace() || first == ',' => first.len_utf8(),
            '.' if rest.starts_with("...") => {
                tokens.push(Token::Spread);
                3
            }
            '"' => {
                let (text, length) = string(rest)?;
                tokens.push(Token::Text(text));
                length
            }
            '-' | '0'..='9' => {
                let end = rest.find(|c: char| !matches!(c, '-' | '0'..='9')).unwrap_or(rest.len());
                tokens.push(Token::Number(rest.get(..end).unwrap_or_default().to_owned()));
                end
            }
            _ if is_name(first) => {
                let end = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
                tokens.push(Token::Name(rest.get(..end).unwrap_or_default().to_owned()));
                end
            }
            '{' | '}' | '(' | ')' | '[' | ']' | ':' | '$' | '!' | '@' | '=' => {
                tokens.push(Token::Mark(first));
                1
            }
            _ => return Err(format!("Parse error on {first:?}")),
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(tokens)
}

/// A text in quotes at the beginning of `rest`, and how long it is there. GraphQL escapes as JSON does.
fn string(rest: &str) -> Result<(String, usize), String> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\\' => escaped = !escaped,
            '"' if !escaped => {
                let text = serde_json::from_str(rest.get(..=at).unwrap_or_default());
                return text.map(|text| (text, at + 1)).map_err(|_| "Parse error in a text".to_owned());
            }
            _ => escaped = false,
        }
    }
    Err("Parse error: a text has no end".to_owned())
}

impl Reader<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn eat(&mut self, mark: char) -> bool {
        let is_there = self.peek() == Some(&Token::Mark(mark));
        self.at += usize::from(is_there);
        is_there
    }

    fn expect(&mut self, mark: char) -> Result<(), String> {
        if self.eat(mark) { Ok(()) } else { Err(format!("Parse error: expected {mark:?}")) }
    }

    fn name(&mut self) -> Result<String, String> {
        match self.peek().cloned() {
            Some(Token::Name(name)) => {
                self.at += 1;
                Ok(name)
            }
            _ => Err("Parse error: expected a name".to_owned()),
        }
    }

    /// `$id: ID!, $after: String)`: what must be given is given.
    fn definitions(&mut self) -> Result<(), String> {
        while !self.eat(')') {
            self.expect('$')?;
            let name = self.name()?;
            self.expect(':')?;
            while self.eat('[') {}
            let kind = self.name()?;
            let mut is_required = false;
            while let Some(Token::Mark(mark @ ('!' | ']'))) = self.peek().cloned() {
                is_required = mark == '!';
                self.at += 1;
            }
            let given = self.variables.get(&name).unwrap_or(&Value::Null);
            if is_required && given.is_null() {
                return Err(format!("Variable ${name} of type {kind}! was provided invalid value"));
            }
        }
        Ok(())
    }

    fn selection(&mut self) -> Result<Vec<Field>, String> {
        self.expect('{')?;
        let mut fields = Vec::new();
        while !self.eat('}') {
            fields.push(self.field()?);
        }
        if fields.is_empty() { Err("Parse error: nothing is selected".to_owned()) } else { Ok(fields) }
    }

    fn field(&mut self) -> Result<Field, String> {
        if self.peek() == Some(&Token::Spread) {
            self.at += 1;
            if self.name()? != "on" {
                return Err("Only inline fragments are read here".to_owned());
            }
            let on = self.name()?;
            let selection = self.selection()?;
            return Ok(Field { name: "...".to_owned(), on, selection, ..Field::default() });
        }
        let mut field = Field { key: self.name()?, ..Field::default() };
        field.name = if self.eat(':') { self.name()? } else { field.key.clone() };
        if self.eat('(') {
            field.arguments = self.arguments(')')?;
        }
        while self.eat('@') {
            let directive = self.name()?;
            let arguments = if self.eat('(') { self.arguments(')')? } else { Map::new() };
            if directive != "idempotent" {
                return Err(format!("Directive @{directive} is not defined"));
            }
            field.idempotency_key = arguments.get("key").and_then(Value::as_str).map(str::to_owned);
        }
        if self.peek() == Some(&Token::Mark('{')) {
            field.selection = self.selection()?;
        }
        Ok(field)
    }

    fn arguments(&mut self, end: char) -> Result<Map<String, Value>, String> {
        let mut arguments = Map::new();
        while !self.eat(end) {
            let name = self.name()?;
            self.expect(':')?;
            if let Some(value) = self.value()? {
                arguments.insert(name, value);
            }
        }
        Ok(arguments)
    }

    /// None for a variable that was not given: then the argument is not given either.
    fn value(&mut self) -> Result<Option<Value>, String> {
        let token = self.peek().cloned().ok_or("Parse error: expected a value")?;
        self.at += 1;
        Ok(match token {
            Token::Mark('$') => {
                let name = self.name()?;
                self.variables.get(&name).cloned()
            }
            Token::Text(text) => Some(Value::from(text)),
            Token::Number(digits) => Some(digits.parse::<i64>().map_or(Value::Null, Value::from)),
            Token::Name(word) => Some(match word.as_str() {
                "true" => Value::from(true),
                "false" => Value::from(false),
                "null" => Value::Null,
                _ => Value::from(word),
            }),
            Token::Mark('[') => {
                let mut rows = Vec::new();
                while !self.eat(']') {
                    rows.extend(self.value()?);
                }
                Some(Value::from(rows))
            }
            Token::Mark('{') => Some(Value::from(self.arguments('}')?)),
            _ => return Err("Parse error: expected a value".to_owned()),
        })
    }
}

/// What a document may cost at most: an object one point, a page its rows.
pub(crate) fn cost(document: &Document) -> u64 {
    let mutation = if document.is_mutation { MUTATION_COST } else { 0 };
    mutation + cost_of(&document.fields)
}

fn cost_of(fields: &[Field]) -> u64 {
    let one = |field: &Field| {
        if field.selection.is_empty() {
            return 0;
        }
        let inside = cost_of(&field.selection);
        match (field.name.as_str(), field.argument("first").as_u64(), field.argument("ids").as_array()) {
            // They stand for the rows of the page around them, which is counted there.
            ("nodes" | "edges", None, None) | ("..." | "pageInfo", ..) => inside,
            (_, Some(rows), _) => 2 + rows * (1 + inside),
            (_, None, Some(ids)) => u64::try_from(ids.len()).unwrap_or(u64::MAX).saturating_mul(1 + inside),
            _ => 1 + inside,
        }
    };
    fields.iter().map(one).fold(0, u64::saturating_add)
}

/// A list as GraphQL hands it out, page by page.
pub(crate) fn connection(rows: Vec<Value>) -> Value {
    json!({ "__typename": "Connection", "nodes": rows, "pageInfo": page_info(false, 0) })
}

fn page_info(has_next: bool, end: usize) -> Value {
    let cursor = if end == 0 { Value::Null } else { Value::from(format!("place-{end}")) };
    json!({ "__typename": "PageInfo", "hasNextPage": has_next, "endCursor": cursor })
}

/// The value of one field, cut down to what was selected. A field that does not exist is an error, as in Shopify.
pub(crate) fn project(value: &Value, field: &Field) -> Result<Value, String> {
    let value = if value.get("__typename") == Some(&Value::from("Connection")) {
        &page(value, field)?
    } else {
        value
    };
    match value {
        Value::Array(rows) => {
            let first = field.argument("first").as_u64().and_then(|first| usize::try_from(first).ok());
            rows.iter().take(first.unwrap_or(usize::MAX)).map(|row| project(row, field)).collect()
        }
        Value::Object(object) => {
            if field.selection.is_empty() {
                return Err(format!("Field '{}' must have selections", field.name));
            }
            let mut out = Map::new();
            select(object, &field.selection, &mut out)?;
            Ok(Value::from(out))
        }
        Value::Null => Ok(Value::Null),
        _ if field.selection.is_empty() => Ok(value.clone()),
        _ => Err(format!("Selections can't be made on scalars (field '{}')", field.name)),
    }
}

fn select(
    object: &Map<String, Value>,
    selection: &[Field],
    out: &mut Map<String, Value>,
) -> Result<(), String> {
    let kind = object.get("__typename").and_then(Value::as_str).unwrap_or("?");
    for field in selection {
        if field.name == "..." {
            if field.on == kind {
                select(object, &field.selection, out)?;
            }
            continue;
        }
        let unknown = || format!("Field '{}' doesn't exist on type '{kind}'", field.name);
        let value = object.get(&field.name).ok_or_else(unknown)?;
        out.insert(field.key.clone(), project(value, field)?);
    }
    Ok(())
}

fn page(connection: &Value, field: &Field) -> Result<Value, String> {
    let rows = connection.get("nodes").and_then(Value::as_array).cloned().unwrap_or_default();
    let first = field.argument("first").as_u64().filter(|first| (1..=ROWS_MAX).contains(first));
    let first = first.ok_or_else(|| format!("you must provide `first` of 1 to 250 on '{}'", field.name))?;
    let first = usize::try_from(first).unwrap_or_default();
    let start = match field.argument("after") {
        Value::Null => 0,
        cursor => {
            let place = cursor.as_str().and_then(|text| text.strip_prefix("place-")?.parse::<usize>().ok());
            place.ok_or("Invalid cursor for current pagination sort.")?
        }
    };
    let total = rows.len();
    let rows: Vec<Value> = rows.into_iter().skip(start).take(first).collect();
    let end = start + rows.len();
    Ok(json!({ "__typename": "Page", "nodes": rows, "pageInfo": page_info(end < total, end) }))
}
