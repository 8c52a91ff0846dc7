//! A strict reader of HTML: each tag closes, each attribute is quoted, nothing loads and nothing runs.

const VOID: [&str; 1] = ["meta"];

/// What is wrong with a page; nothing when all is well.
pub(super) fn complaint(page: &str) -> Option<String> {
    let rest = page.strip_prefix("<!DOCTYPE html>")?;
    let mut open: Vec<String> = Vec::new();
    let mut rest = rest;
    while let Some(at) = rest.find('<') {
        if rest[..at].contains('>') && open.last().is_none_or(|tag| tag != "style") {
            return Some(format!("a lone > before {:?}", &rest[at..].chars().take(40).collect::<String>()));
        }
        let (tag, after) = match tag_text(&rest[at + 1..]) {
            Some(found) => found,
            None => {
                return Some(format!(
                    "a tag that does not end: {:?}",
                    &rest[at..].chars().take(60).collect::<String>()
                ));
            }
        };
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop().as_deref() != Some(name) {
                return Some(format!("</{name}> closes nothing"));
            }
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        if let Some(wrong) = wrong_name(name).map(str::to_owned).or_else(|| wrong_attributes(attributes)) {
            return Some(format!("<{tag}>: {wrong}"));
        }
        if !VOID.contains(&name) {
            open.push(name.to_owned());
        }
    }
    (!open.is_empty()).then(|| format!("left open: {open:?}"))
}

/// The text of a tag up to its end, which is no `>` within quotes.
fn tag_text(text: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '>' if !quoted => return Some((&text[..at], &text[at + 1..])),
            '<' => return None,
            _ => {}
        }
    }
    None
}

fn wrong_name(name: &str) -> Option<&'static str> {
    let known = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let loads = [
        "script", "link", "img", "iframe", "object", "embed", "base", "form", "video", "audio", "image",
        "use",
    ];
    if name.is_empty() || !known {
        Some("is no tag of ours")
    } else if loads.contains(&name) {
        Some("loads or runs something")
    } else {
        None
    }
}

/// Attributes are `name` or `name="value"`, and none of them loads or runs anything.
fn wrong_attributes(mut text: &str) -> Option<String> {
    loop {
        text = text.trim_start();
        if text.is_empty() {
            return None;
        }
        let end = text.find(['=', ' ']).unwrap_or(text.len());
        let name = &text[..end];
        if name.starts_with("on") || ["src", "srcset", "style", "action", "xlink:href"].contains(&name) {
            return Some(format!("attribute {name}"));
        }
        if !name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-') {
            return Some(format!("attribute {name:?}"));
        }
        text = &text[end..];
        let Some(value) = text.strip_prefix('=') else { continue };
        let Some(value) = value.strip_prefix('"') else { return Some(format!("{name} is not quoted")) };
        let Some(end) = value.find('"') else { return Some(format!("{name} does not end")) };
        if name == "href" && value[..end].to_lowercase().starts_with("javascript") {
            return Some("a link that runs".to_owned());
        }
        text = &value[end + 1..];
    }
}

#[test]
fn the_reader_of_html_finds_what_is_wrong() {
    let check = |body: &str, wrong: bool| {
        let page = format!("<!DOCTYPE html><html>{body}</html>");
        assert_eq!(complaint(&page).is_some(), wrong, "{body}: {:?}", complaint(&page));
    };
    check("<p>a</p>", false);
    check("<p class=\"x > y\">a</p>", false);
    check("<p>a", true);
    check("<p>a</b></p>", true);
    check("<p>a < b</p>", true);
    check("<p>a > b</p>", true);
    check("<script>1</script>", true);
    check("<p onclick=\"x\">a</p>", true);
    check("<p class=x>a</p>", true);
    check("<p x\"=\"\">a</p>", true);
    check("<a href=\"javascript:x\">a</a>", true);
}
