//! Reading S3's list of objects: the names of one page, and where the next page begins.

/// One page of a listing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// The names.
    pub(crate) names: Vec<String>,
    /// Where the next page begins; none after the last.
    pub(crate) next: Option<String>,
}

/// Reads the answer of ListObjectsV2. One whose shape is not known is refused: a name that is passed over is lost.
pub(crate) fn read(body: &[u8]) -> Result<Listed, String> {
    let text = std::str::from_utf8(body).map_err(|_| "list is not UTF-8 text".to_owned())?;
    if !text.contains("<ListBucketResult") {
        return Err("is no list of objects".to_owned());
    }
    let mut names = Vec::new();
    for contents in inside(text, "Contents")? {
        match inside(contents, "Key")?.as_slice() {
            [key] => names.push(plain(key)?),
            _ => return Err("list: an entry has not exactly one Key".to_owned()),
        }
    }
    // An element without letters is written <NextContinuationToken/>: the list ends there as well.
    let goes_on = inside(text, "IsTruncated")?.first().is_some_and(|word| word.trim() == "true");
    let next = inside(text, "NextContinuationToken")?.first().map(|token| plain(token)).transpose()?;
    match (goes_on, next) {
        (false, _) => Ok(Listed { names, next: None }),
        (true, Some(next)) => Ok(Listed { names, next: Some(next) }),
        (true, None) => Err("list goes on, but does not say where".to_owned()),
    }
}

/// What stands between `<name>` and `</name>`, each time. These elements never hold one of their own name.
fn inside<'t>(text: &'t str, name: &str) -> Result<Vec<&'t str>, String> {
    let (begin, end) = (format!("<{name}>"), format!("</{name}>"));
    let parts = text.split(begin.as_str()).skip(1);
    parts
        .map(|part| {
            let found = part.split_once(end.as_str()).map(|(inside, _)| inside);
            found.ok_or_else(|| format!("list: {name} does not end"))
        })
        .collect()
}

/// XML text as it is meant.
fn plain(text: &str) -> Result<String, String> {
    let mut parts = text.split('&');
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let unknown = || "list: a name holds an unknown entity".to_owned();
        let (entity, rest) = part.split_once(';').ok_or_else(unknown)?;
        result.push(letter(entity).ok_or_else(unknown)?);
        result.push_str(rest);
    }
    Ok(result)
}

fn letter(entity: &str) -> Option<char> {
    let numbered = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => match entity.strip_prefix("#x") {
            Some(digits) => numbered(digits, 16),
            None => numbered(entity.strip_prefix('#')?, 10),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sample of the S3 API reference, two names made harder.
    const PAGE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
  <Name>bucket</Name><Prefix>ledger/demo/</Prefix><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys>
  <IsTruncated>true</IsTruncated><NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</NextContinuationToken>
  <Contents><Key>ledger/demo/a&amp;b&lt;1&#x3e;&#225;.jsonl</Key><Size>434234</Size></Contents>
  <Contents><Key>ledger/demo/2.jsonl</Key><Owner><ID>mtd&amp;</ID></Owner></Contents>
</ListBucketResult>"#;

    #[test]
    fn names_are_read_as_they_are_meant() {
        let page = read(PAGE.as_bytes()).unwrap();
        assert_eq!(page.names, ["ledger/demo/a&b<1>á.jsonl", "ledger/demo/2.jsonl"]);
        assert_eq!(page.next.as_deref(), Some("1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM="));
        let last = PAGE.replace("<IsTruncated>true", "<IsTruncated>false");
        assert_eq!(read(last.as_bytes()).unwrap().next, None);
        let empty = r#"<ListBucketResult xmlns="x"><KeyCount>0</KeyCount></ListBucketResult>"#;
        assert_eq!(read(empty.as_bytes()).unwrap(), Listed { names: vec![], next: None });
    }

    #[test]
    fn a_list_that_cannot_be_read_whole_is_refused() {
        let refused = |text: &str| assert!(read(text.as_bytes()).is_err(), "{text}");
        refused("<Error><Code>AccessDenied</Code></Error>");
        refused(&PAGE.replace("NextContinuationToken", "Next"));
        refused(&PAGE.replace("&amp;b", "&nbsp;b"));
        refused(&PAGE.replace("<Key>ledger/demo/2.jsonl</Key>", ""));
        refused(&PAGE[..PAGE.len() - 60]);
    }

    #[test]
    fn nothing_escapes_its_place_in_the_query() {
        assert_eq!(channels::url::encode("ledger/demo/á=&+"), "ledger%2Fdemo%2F%C3%A1%3D%26%2B");
    }
}
