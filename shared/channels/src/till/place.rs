//! Where a field stands, in words that lead the till's maker to it: a place in the body, or a line of the file.

/// Where a document stands.
pub(super) enum Place {
    /// The n-th document of a body.
    Body(usize),
    /// Lines of a file, one for each line of the document.
    File(Vec<usize>),
}

impl Place {
    /// A field of the document itself.
    pub(super) fn of(&self, field: &str) -> String {
        match self {
            Place::Body(n) => format!("documents[{n}].{field}"),
            Place::File(lines) => format!("line {}, {field}", lines.first().copied().unwrap_or_default()),
        }
    }

    /// A field of its n-th line.
    pub(super) fn of_line(&self, n: usize, field: &str) -> String {
        match self {
            Place::Body(document) => format!("documents[{document}].lines[{n}].{field}"),
            Place::File(lines) => format!("line {}, {field}", lines.get(n).copied().unwrap_or_default()),
        }
    }
}
