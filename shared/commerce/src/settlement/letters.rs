//! The heads of columns without what people and programs write differently: capitals, Vietnamese marks, blanks and signs.

/// A longer remark in brackets belongs to a column's name; a short one is its unit, such as `(UTC)` or `(RM)`.
const UNIT_LETTERS_MAX: usize = 4;

/// A name as it is compared: small letters and digits alone, without marks.
pub(super) fn plain(name: &str) -> String {
    let name = without_unit(name.trim());
    name.chars().flat_map(char::to_lowercase).map(base).filter(|letter| letter.is_alphanumeric()).collect()
}

/// `Order created time(UTC)` and `Order created time` are one column.
fn without_unit(name: &str) -> &str {
    let Some((before, unit)) = name.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) else {
        return name;
    };
    let is_unit = !before.trim().is_empty() && unit.chars().count() <= UNIT_LETTERS_MAX;
    if is_unit { before } else { name }
}

/// The letter below the marks. Marks that stand by themselves, as Windows-1258 writes them, become nothing.
fn base(letter: char) -> char {
    match letter {
        'à' | 'á' | 'ả' | 'ã' | 'ạ' | 'ă' | 'ằ' | 'ắ' | 'ẳ' | 'ẵ' | 'ặ' | 'â' | 'ầ' | 'ấ' | 'ẩ' | 'ẫ'
        | 'ậ' => 'a',
        'è' | 'é' | 'ẻ' | 'ẽ' | 'ẹ' | 'ê' | 'ề' | 'ế' | 'ể' | 'ễ' | 'ệ' => 'e',
        'ì' | 'í' | 'ỉ' | 'ĩ' | 'ị' => 'i',
        'ò' | 'ó' | 'ỏ' | 'õ' | 'ọ' | 'ô' | 'ồ' | 'ố' | 'ổ' | 'ỗ' | 'ộ' | 'ơ' | 'ờ' | 'ớ' | 'ở' | 'ỡ'
        | 'ợ' => 'o',
        'ù' | 'ú' | 'ủ' | 'ũ' | 'ụ' | 'ư' | 'ừ' | 'ứ' | 'ử' | 'ữ' | 'ự' => 'u',
        'ỳ' | 'ý' | 'ỷ' | 'ỹ' | 'ỵ' => 'y',
        'đ' => 'd',
        '\u{300}'..='\u{36f}' => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn one_column_is_one_name_however_it_is_written() {
        for name in ["Mã đơn hàng", "MÃ ĐƠN HÀNG ", "ma don hang", "Mã_đơn-hàng", "Ma\u{303} đơn ha\u{300}ng"]
        {
            assert_eq!(plain(name), "madonhang", "{name}");
        }
        assert_eq!(plain("Order created time(UTC)"), plain("Order created time"));
        assert_eq!(plain("Amount(Include Tax)"), "amountincludetax");
        assert_eq!(plain("(₫)"), "", "a bare unit is no name");
    }
}
