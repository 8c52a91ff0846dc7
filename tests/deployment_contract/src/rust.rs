//! Reads our own Rust files just closely enough to see which function calls which: no comment, no test, no macro magic.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A function with its body.
#[derive(Debug, Clone)]
pub struct Function {
    /// The type it belongs to; none for a free function.
    pub owner: Option<String>,
    /// Its name.
    pub name: String,
    /// Whether others may call it.
    pub public: bool,
    /// Whether it may wait, as every call to the outside does.
    pub waits: bool,
    /// Its text, with chains of calls joined to one line.
    pub body: String,
    /// The calls in it.
    pub calls: Vec<Call>,
}

/// A call inside a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What stands before the dot: `self.catch_up.table`, or `…` for the result of another call.
    pub receiver: Option<String>,
    /// What stands before `::`.
    pub path: Option<String>,
    /// What is called.
    pub name: String,
}

impl Call {
    /// The last word before the dot.
    pub fn holder(&self) -> Option<&str> {
        self.receiver.as_ref().and_then(|receiver| receiver.rsplit('.').next())
    }
}

/// A file as it was read.
struct Source {
    code: String,
    functions: Arc<[Function]>,
}

/// Texts that were read before: the checks ask for the same ones again and again.
static READ: Mutex<Option<HashMap<String, Arc<Source>>>> = Mutex::new(None);

fn source(text: &str) -> Arc<Source> {
    let known = |read: &Option<HashMap<String, Arc<Source>>>| read.as_ref()?.get(text).cloned();
    if let Some(source) = known(&READ.lock().unwrap_or_else(PoisonError::into_inner)) {
        return source;
    }
    let (code, mask) = strip(text);
    let functions = functions_in(&code, &mask).into();
    let source = Arc::new(Source { code, functions });
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    read.get_or_insert_default().insert(text.to_owned(), source.clone());
    source
}

/// A file's code without comments and without its tests.
pub fn code(text: &str) -> String {
    source(text).code.clone()
}

/// The functions of a file.
pub fn functions(text: &str) -> Arc<[Function]> {
    source(text).functions.clone()
}

fn functions_in(code: &str, mask: &str) -> Vec<Function> {
    let impls = impls(mask);
    let mut found = Vec::new();
    for (at, _) in mask.match_indices("fn ") {
        let before = mask[..at].chars().next_back();
        if before.is_some_and(|c| !c.is_whitespace()) {
            continue;
        }
        let name = leading_word(&mask[at + 3..]).to_owned();
        let Some(start) = body_start(mask, at) else { continue };
        let end = closing(mask, start);
        let body = tight(&code[start..end]);
        let line = mask[..at].rfind('\n').map_or(0, |n| n + 1);
        let head = &mask[line..at];
        let owner = impls.iter().find(|(_, from, to)| (*from..*to).contains(&at));
        found.push(Function {
            owner: owner.map(|(owner, ..)| owner.clone()),
            name,
            public: head.contains("pub "),
            waits: head.contains("async "),
            calls: calls(&body),
            body,
        });
    }
    found
}

/// The calls in a body.
fn calls(body: &str) -> Vec<Call> {
    let mut found = Vec::new();
    for (at, _) in body.match_indices('(') {
        let name = trailing_word(&body[..at]);
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let before = &body[..at - name.len()];
        let receiver = before.strip_suffix('.').map(chain);
        let path = before.strip_suffix("::").map(|path| trailing_word(path).to_owned());
        found.push(Call { receiver, path, name: name.to_owned() });
    }
    found
}

/// Every word of a text.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !is_word(c)).filter(|word| !word.is_empty())
}

/// The fields of a struct by name, or nothing.
pub fn fields(text: &str, name: &str) -> Vec<String> {
    let (_, mask) = strip(text);
    let Some(at) = mask.find(&format!("struct {name} {{")) else { return Vec::new() };
    let Some(start) = mask[at..].find('{').map(|n| at + n) else { return Vec::new() };
    let lines =
        mask[start + 1..closing(&mask, start)].lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let named = lines
        .filter_map(|line| line.split_once(": ").map(|(name, _)| name.trim_start_matches("pub ").to_owned()));
    named.collect()
}

fn chain(before: &str) -> String {
    if before.ends_with(|c: char| !is_word(c)) {
        return "…".to_owned();
    }
    let start = before
        .rfind(|c: char| !is_word(c) && c != '.')
        .map_or(0, |n| n + before[n..].chars().next().map_or(1, char::len_utf8));
    before[start..].trim_start_matches('.').to_owned()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn leading_word(text: &str) -> &str {
    text.split(|c: char| !is_word(c)).next().unwrap_or_default()
}

/// The word that a text ends with; empty when it ends otherwise.
pub fn trailing_word(text: &str) -> &str {
    text.rsplit(|c: char| !is_word(c)).next().unwrap_or_default()
}

/// Each `impl` with its type and where it lies.
fn impls(mask: &str) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for (at, _) in mask.match_indices("\nimpl") {
        let Some(start) = mask[at..].find('{').map(|n| at + n) else { continue };
        let head = mask[at + 5..start].trim();
        let head =
            if head.starts_with('<') { head.split_once("> ").map_or(head, |(_, rest)| rest) } else { head };
        let owner = head.split_once(" for ").map_or(head, |(_, owner)| owner);
        found.push((leading_word(owner.trim()).to_owned(), start, closing(mask, start)));
    }
    found
}

/// Where the body of the function begins; none when it has none.
fn body_start(mask: &str, at: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (n, c) in mask[at..].char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '{' if depth == 0 => return Some(at + n),
            ';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// Where the brace that opens at `start` closes.
fn closing(mask: &str, start: usize) -> usize {
    let mut depth = 0_i32;
    for (n, c) in mask[start..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return start + n,
            '}' => depth -= 1,
            _ => {}
        }
    }
    mask.len()
}

/// Joins chains that were broken over lines.
fn tight(code: &str) -> String {
    let mut joined = String::new();
    for c in code.chars() {
        if c == '.' {
            joined.truncate(joined.trim_end().len());
        }
        joined.push(c);
    }
    joined
}

/// The code without comments and tests, and the same with every literal blanked out, byte for byte as long.
fn strip(text: &str) -> (String, String) {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let chars: Vec<char> = text.chars().collect();
    let (mut code, mut mask) = (String::new(), String::new());
    let mut at = 0;
    while at < chars.len() {
        let literal = match &chars[at..] {
            ['/', '/', ..] => {
                at += chars[at..].iter().take_while(|c| **c != '\n').count();
                continue;
            }
            ['"', rest @ ..] => string_len(rest) + 1,
            ['\'', '\\', rest @ ..] => rest.iter().skip(1).take_while(|c| **c != '\'').count() + 4,
            ['\'', _, '\'', ..] => 3,
            _ => 0,
        };
        for c in chars.iter().skip(at).take(literal.max(1)) {
            code.push(*c);
            if literal == 0 { mask.push(*c) } else { mask.extend(std::iter::repeat_n(' ', c.len_utf8())) }
        }
        at += literal.max(1);
    }
    (code, mask)
}

/// How long a text is from after its opening quote to its closing one.
fn string_len(rest: &[char]) -> usize {
    let mut escaped = false;
    for (n, c) in rest.iter().enumerate() {
        match c {
            '"' if !escaped => return n + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_and_calls_are_seen_through_literals_and_broken_chains() {
        let text = "//! x\nuse a;\nimpl<'a> Work for Door<'a> {\n    // fn no() {}\n    pub async fn go(&self, x: [u8; 3]) -> R {\n        \
            let c = '{'; let t = \"} fn in_text() {\";\n        self.catch_up\n            .table\n            .park(c).await; f(t)?.send(m::n(1))\n    }\n}\n\
            #[cfg(test)]\nmod tests { fn hidden() {} }";
        let found = functions(text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].owner.as_deref(), Some("Door"));
        assert!(found[0].public && found[0].waits);
        let calls = &found[0].calls;
        let names: Vec<&str> = calls.iter().map(|call| call.name.as_str()).collect();
        assert_eq!(names, ["in_text", "park", "f", "send", "n"]);
        assert_eq!(calls[1].receiver.as_deref(), Some("self.catch_up.table"));
        assert_eq!(calls[3].receiver.as_deref(), Some("…"));
        assert_eq!(calls[4].path.as_deref(), Some("m"));
    }
}
