//! The little XML that stock is written in, read strictly: every tag closed, every sign escaped.

/// A tag with its text and the tags within.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) within: Vec<Tag>,
}

impl Tag {
    /// The first tag within of that name.
    pub(crate) fn child(&self, name: &str) -> Option<&Tag> {
        self.within.iter().find(|tag| tag.name == name)
    }

    /// The text of the first tag within of that name, if it is not empty.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|tag| tag.text.trim()).filter(|text| !text.is_empty())
    }
}

/// Reads one tag with all that is in it; `None` when it is not well formed.
pub(crate) fn read(text: &str) -> Option<Tag> {
    let mut open: Vec<Tag> = vec![Tag::default()];
    let mut rest = text.trim();
    while let Some(start) = rest.find('<') {
        open.last_mut()?.text.push_str(&plain(&rest[..start])?);
        rest = &rest[start + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = &comment[comment.find("-->")? + 3..];
            continue;
        }
        let end = rest.find('>')?;
        let (tag, after) = (&rest[..end], &rest[end + 1..]);
        rest = after;
        if tag.starts_with('?') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            let closed = open.pop()?;
            if closed.name != name || open.is_empty() {
                return None;
            }
            open.last_mut()?.within.push(closed);
        } else if let Some(name) = tag.strip_suffix('/') {
            open.last_mut()?.within.push(Tag { name: name_of(name)?, ..Tag::default() });
        } else {
            open.push(Tag { name: name_of(tag)?, ..Tag::default() });
        }
    }
    let mut root = open.pop()?;
    let is_whole = open.is_empty() && rest.trim().is_empty() && root.text.trim().is_empty();
    if is_whole && root.within.len() == 1 { root.within.pop() } else { None }
}

fn name_of(text: &str) -> Option<String> {
    let is_name = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| text.to_owned())
}

/// Text with its entities resolved; a bare `&` is a mistake.
fn plain(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        let end = rest[start..].find(';')? + start;
        out.push(match &rest[start + 1..end] {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => return None,
        });
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_and_nonsense_is_not() {
        let read_back = read("<A> <!-- x --><B>1 &amp; 2</B><C/></A>").unwrap();
        assert_eq!(read_back.text_of("B"), Some("1 & 2"));
        assert_eq!(read_back.child("C").map(|tag| tag.text.as_str()), Some(""));
        for bad in ["", "<A>", "<A></B>", "</A>", "<A>1 & 2</A>", "<A></A><B></B>", "<A></A>x", "<A b></A>"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
