//! The pages in Vietnamese, in the words that shops use.

mod tasks;

use super::{SpanUnits, Texts, first_named};
use crate::language::Language;
use crate::numbers;
use crate::reader::Reader;
use crate::shop::{Done, DriftClass, DriftDone, Found, Login, MoveInputs, ReorderInputs, Webhooks, Whose};
use commerce::ids::OrderId;

fn n(number: u64) -> String {
    numbers::whole(number, Language::Vi)
}

pub(super) static TEXTS: Texts = Texts {
    morning_report: "Báo cáo buổi sáng",
    made_at: "Lập lúc",
    times_in: "giờ",
    weekdays: ["Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"],
    today: "Hôm nay, đến giờ",
    yesterday: "Hôm qua",
    on_day: |day| format!("Ngày {day}"),
    span_units: SpanUnits { seconds: "giây", minutes: "phút", hours: "giờ", days: "ngày" },

    light_green: "Ổn",
    light_yellow: "Cần xem",
    light_red: "Cần làm ngay",
    orders_in_all: |orders| format!("{} đơn", n(orders)),
    orders_not_measured: "số đơn chưa đo",
    same_as_channels: |same, listed| format!("khớp {}/{} với các sàn", n(same), n(listed)),
    not_same_as_channels: |same, listed| format!("mới khớp {}/{} với các sàn", n(same), n(listed)),
    no_list_compared: "chưa đối soát được với sàn nào",
    channels_not_compared: |channels| format!("{} kênh chưa đối soát", n(channels)),
    oversold_none: "không bán vượt tồn",
    oversold_units: |units| format!("bán vượt tồn {} sản phẩm", n(units)),
    oversold_not_measured: "bán vượt tồn chưa đo",
    to_do_none: "Không có việc cần làm",
    to_do_unknown: "Còn phần chưa đo, xem bên dưới",
    to_do_count: |tasks| format!("{} việc cần làm", n(tasks)),
    pool_warning: |names| {
        format!("Bán chung kho, chỉ có số đệm: không cam kết chống bán vượt tồn trên {names}.")
    },

    not_measured: "chưa đo",
    not_seen: "chưa xem",
    more_lines: |lines| format!("Còn {} dòng nữa, có đủ trong tệp CSV.", n(lines)),
    more_to_do: |tasks| format!("và {} việc nữa trong báo cáo", n(tasks)),
    to_do: "Việc cần làm",
    connection: "Kết nối",
    product: "Sản phẩm",
    location: "Chi nhánh",
    units: "Số lượng",
    since: "Từ lúc",
    done: "Đã làm",
    orders: "Đơn hàng",
    revenue: "Doanh thu",
    total: "Cộng",
    order: "Đơn",

    against_day_before: "so với hôm trước",
    tile_same: "Khớp với sàn",
    tile_fresh: "Độ tươi (p99)",
    healed_of: |healed, found| format!("đã chữa {}/{}", n(healed), n(found)),
    listings_read: |listings| format!("đã đọc lại {} mã", n(listings)),

    chart_hours: "Đơn theo giờ",
    chart_hour: |hour, orders| format!("{hour}–{} giờ: {} đơn", hour + 1, n(orders)),
    chart_hour_differs: "khác danh sách của sàn",
    chart_hours_sum: |orders, hour, most| {
        format!("{} đơn; đông nhất lúc {hour}–{} giờ: {} đơn", n(orders), hour + 1, n(most))
    },
    chart_shares: "Đơn theo kênh",
    chart_days: "14 ngày qua",
    chart_days_left: "Còn bán được mấy ngày",

    proof: "Đối soát đơn hàng",
    theirs: "Sàn báo",
    ours: "Sổ của shop",
    result: "Kết quả",
    verdict_same: "Khớp",
    verdict_explained: "Lệch, đã rõ lý do",
    verdict_differs: |orders| format!("Lệch {} đơn", n(orders)),
    verdict_money: "Lệch tiền",
    no_order_list: "Kênh này không có danh sách đơn để so",
    list_unreadable: |reason| format!("Không đọc được: {reason}"),
    not_compared: "Chưa đối soát",
    mended: |orders| format!("đã bù {} đơn", n(orders)),
    differences: |orders| format!("{} đơn từng lệch", n(orders)),
    hour: "Giờ",
    found: "Phát hiện",
    found_words,
    done_words,
    settlements: "Tệp quyết toán của sàn",
    file: "Tệp",

    sales: "Doanh thu, huỷ và trả hàng",
    cancels: "Huỷ",
    returns: "Trả hàng",

    shorts: "Bán vượt tồn và thiếu hàng",
    oversells: "Bán vượt tồn",
    oversells_none: "Không bán vượt tồn.",
    shortfalls: "Đang thiếu hàng",
    shortfalls_none: "Không thiếu hàng cho đơn nào.",
    shortfalls_count: |lines| format!("{} chỗ thiếu hàng", n(lines)),
    whose_minute: "Do đâu",
    whose: |whose, report| match whose {
        Whose::Ours => "Hợp Kênh".to_owned(),
        Whose::Channel { connection } => report.connection_name(connection).to_owned(),
        Whose::Store => "Cửa hàng".to_owned(),
        Whose::Person => "Người nhập".to_owned(),
        Whose::Unknown => "Chưa rõ".to_owned(),
    },
    owner: "Người lo",
    deadline: "Hạn",
    past_deadline: "quá hạn",
    drift: "Lệch tồn",
    drift_none: |listings| format!("{} mã trên sàn đều hiện đúng số.", n(listings)),
    drift_counts: |healed, left| format!("đã chữa {}, còn {}", n(healed), n(left)),
    drift_unread: |listings| format!("{} mã không đọc lại được số.", n(listings)),
    shows: "Sàn hiện",
    believed: "Ta tưởng",
    want: "Đúng ra",
    why: "Lý do",
    drift_class,
    drift_done,
    drift_since: |at| format!("sai từ {at}"),
    came_right: "Đã đúng lại",
    came_right_count: |listings| format!("{} mã đã đúng lại", n(listings)),
    found_wrong_at: "Thấy sai lúc",
    right_by: "Đúng lại lúc",
    within: |span| format!("nhiều nhất {span}"),
    counts: "Kiểm kho",
    counts_rule: "Đếm được − số sổ ghi lúc đếm. Hàng mới nhập mà báo bằng kiểm kho cũng hiện là thừa. Số đọc từ máy tính tiền đã \
                  trừ các hoá đơn đến sau mà ta biết.",
    counts_none: "Không lần kiểm nào lệch sổ.",
    counts_sum: |more, fewer, net| format!("thừa {more}, thiếu {fewer}, cộng lại {net}"),
    counts_same: |counts| format!("{} mã đếm khớp sổ.", n(counts)),
    counts_first: |counts| format!("{} mã đếm lần đầu.", n(counts)),
    counted_by: "Ai đếm",
    counted_at: "Lúc",
    by_hand: "đếm tay",
    counted: "Đếm được",
    expected: "Sổ ghi",
    difference: "Chênh",
    sold_meanwhile: |units| format!("đã trừ {} bán, hoá đơn đến sau", n(units)),
    pick_ups: "Khách đến lấy tại cửa hàng",
    pick_ups_rule: "Tính từ lúc đặt giữ đến lúc chi nhánh báo sẵn sàng, trong hai giờ. Đơn huỷ trước đó hoặc còn đang chờ thì chưa tính. \
                    Hết hạn giữ mà khách chưa đến là khách không đến.",
    pick_ups_asked: |holds| format!("{} đơn hẹn đến lấy.", n(holds)),
    pick_ups_ready: |ready, judged| format!("Sẵn sàng trong 2 giờ: {}/{}.", n(ready), n(judged)),
    pick_ups_in_time: |percent| format!("{percent} % sẵn sàng trong 2 giờ"),
    pick_ups_not_here: |moved, refused| {
        format!("{} đơn chuyển chi nhánh, {} đơn không nơi nào có", n(moved), n(refused))
    },
    pick_ups_no_shows: |no_shows, ended, percent| {
        format!("Khách không đến: {}/{} ({percent} %).", n(no_shows), n(ended))
    },
    not_here_by: "Ai báo",
    moved_to: "Giữ ở",
    moved_nowhere: "không nơi nào",
    stock: "Tồn kho và sổ cái",
    whole_shop: "Cả cửa hàng",
    on_hand: "Tồn kho",
    committed: "Đã bán chưa giao",
    holds: "Đã giữ",
    cover: "Để dành cho các kênh",
    free: "Còn lại",
    ledger: "Sổ cái",
    ledger_right: |balances| format!("{} số dư đều bằng tổng sổ cái, không thiếu dòng nào.", n(balances)),
    ledger_wrong: |gaps, folds| format!("{} chỗ thiếu dòng, {} số dư sai", n(gaps), n(folds)),
    gap: |first, missing| format!("thiếu {} dòng, từ dòng số {}", n(missing), n(first)),
    wrong_fold: |field, balance, ledger| format!("{field}: số dư {balance}, cộng sổ cái {ledger}"),
    stranded: "Hết hàng ảo",
    stranded_rule: |minutes| format!("Còn hàng bán được nhưng không kênh nào hiện, quá {minutes} phút."),
    stranded_none: "Hàng bán được đều đang hiện trên kênh.",
    stranded_count: |lines| format!("{} mã không hiện", n(lines)),

    parked: "Chờ người xử lý",
    parked_none: "Không có gì đang chờ.",
    parked_count: |items| format!("{} mục đang chờ", n(items)),
    what: "Việc gì",
    advice: "Nên làm",
    items: "Số mục",
    oldest: "Lâu nhất từ",
    running: "Kết nối và độ tươi",
    half_within: "Một nửa trong",
    most_within: "99% trong",
    no_change: "không có thay đổi",
    oldest_stale: "Số cũ nhất",
    none_stale: "không có",
    login: "Đăng nhập",
    login_words,
    webhooks: "Webhook",
    webhooks_words,
    alerts: "Báo động trong ngày",
    alerts_none: "Không có báo động.",
    alerts_count: |alerts| format!("{} báo động", n(alerts)),
    alert_lasts: "đang diễn ra",
    alert_ended: |at| format!("hết lúc {at}"),
    alert_costs: "Thiệt hại",
    remarks: "Dữ liệu nhận không đúng",

    low_stock: "Sắp hết hàng",
    low_stock_none: "Không mã nào sắp hết.",
    low_stock_count: |lines| format!("{} mã", n(lines)),
    low_stock_rule: |below, window| {
        format!("Còn bán được dưới {below} ngày, theo sức bán {window} ngày qua.")
    },
    left: "Còn bán được",
    sold_per_day: "Bán mỗi ngày",
    days_left: "Còn mấy ngày",
    not_sold: "chưa bán",
    suggestions: "Gợi ý nhập hàng và chuyển kho",
    suggestions_none: "Chưa cần nhập hay chuyển hàng.",
    suggestions_count: |buys, moves| format!("nhập {}, chuyển {}", n(buys), n(moves)),
    reorders: "Nên nhập",
    reorder: "Nhập",
    reorder_rule: "Bán ÷ số ngày đo × (ngày chờ hàng + ngày muốn đủ) − đang có − đang về, làm tròn lên.",
    reorder_inputs,
    moves: "Nên chuyển giữa các chi nhánh",
    move_rule: "Số nhỏ hơn giữa phần chi nhánh nhận còn thiếu và phần chi nhánh giao còn dư.",
    move_inputs,
    road: "Từ → đến",
    calculation: "Cách tính",

    cost: "Chi phí vận hành",
    cost_day: "Cả ngày",
    cost_thousand: "Mỗi 1.000 đơn",
    cost_rule: |list, day| format!("Số đã dùng × bảng giá {list}, ghi ngày {day}."),
    cost_part: "Chi phí vận hành, phần đếm được",
    cost_left_out: |what| format!("Chỉ là phần đếm được từ sổ cái. Chưa tính: {what}."),
    cost_no_bill: "Cửa hàng chạy trên máy của mình nên không có hoá đơn: đây là số tiền bảng giá sẽ tính cho chừng ấy việc.",
    at_least: |cost| format!("ít nhất {cost}"),
    price_per_million: "Giá 1 triệu",
    used: "Đã dùng",

    task: tasks::task,

    all_shops: "Tất cả cửa hàng",
    shops_counts: |shops, red| format!("{} cửa hàng, {} cần làm ngay", n(shops), n(red)),
    order_rule: "Xếp từ nặng đến nhẹ: bán vượt tồn, đơn thiếu, thiếu hàng quá hạn, lệch tồn chưa chữa, mất đăng nhập, \
                 chờ xử lý, số cũ.",
    shop: "Cửa hàng",
    no_report: "Chưa có báo cáo",
    operator_columns: [
        "Bán vượt tồn",
        "Đơn lệch",
        "Thiếu quá hạn",
        "Lệch tồn",
        "Mất đăng nhập",
        "Chờ xử lý",
        "Số cũ nhất",
    ],
    shops_none: "Chưa có cửa hàng nào.",
};

fn found_words(found: &Found, reader: &Reader) -> String {
    match found {
        Found::MissingHere => "sàn có, sổ không có".to_owned(),
        Found::MissingThere => "sổ có, sàn không có".to_owned(),
        Found::MoneyDiffers { theirs, ours } => {
            format!("tiền khác: sàn {}, sổ {}", reader.money(*theirs), reader.money(*ours))
        }
        Found::HourDiffers { theirs, ours } => {
            format!("giờ đặt khác: sàn {}, sổ {}", reader.moment(*theirs), reader.moment(*ours))
        }
    }
}

fn done_words(done: &Done, reader: &Reader) -> String {
    match done {
        Done::Fetched => "đã lấy về, đang ghi".to_owned(),
        Done::Recorded => "đã lấy về và ghi sổ".to_owned(),
        Done::Explained { why } => format!("đã rõ: {}", reader.said(why)),
        Done::Parked { advice } => format!("chờ người xử lý: {}", reader.said(advice)),
    }
}

fn drift_class(class: DriftClass) -> &'static str {
    match class {
        DriftClass::OurBug => "lỗi của Hợp Kênh",
        DriftClass::LostPush => "sàn không nhận số",
        DriftClass::ForeignEdit => "người khác sửa trên sàn",
        DriftClass::CampaignLock => "khuyến mãi khoá số",
        DriftClass::Count => "vừa kiểm kho",
        DriftClass::OnItsWay => "số đang gửi",
        DriftClass::Unknown => "chưa rõ",
    }
}

fn drift_done(done: DriftDone) -> &'static str {
    match done {
        DriftDone::Lowered => "đã hạ",
        DriftDone::Raised => "đã nâng",
        DriftDone::Lowering => "đang hạ",
        DriftDone::Raising => "đang nâng",
        DriftDone::LeftLocked => "để nguyên đến khi hết khuyến mãi",
        DriftDone::LeftBudgetSpent => "để nguyên: hết lượt chữa hôm nay",
        DriftDone::LeftCauseUnknown => "để nguyên: chưa rõ lý do",
        DriftDone::Waiting => "đang chờ",
    }
}

fn login_words(login: &Login, reader: &Reader) -> String {
    match login {
        Login::NotMeasured => TEXTS.not_measured.to_owned(),
        Login::Good => "tốt".to_owned(),
        Login::Renewed { at } => format!("bị từ chối, đã đăng nhập lại {}", reader.moment(*at)),
        Login::EndsSoon { at } => format!("hết hạn {}", reader.moment(*at)),
        Login::Lost { since } => format!("mất từ {}", reader.moment(*since)),
    }
}

fn webhooks_words(webhooks: &Webhooks, reader: &Reader) -> String {
    match webhooks {
        Webhooks::NotMeasured => TEXTS.not_measured.to_owned(),
        Webhooks::NotOffered => "kênh không có".to_owned(),
        Webhooks::Healthy => "tốt".to_owned(),
        Webhooks::Repaired { at, missed, orders } => {
            format!("đã bật lại {}{}", reader.moment(*at), and_missed(*missed, orders))
        }
        Webhooks::Losing { missed, orders } => {
            format!("sót {} đơn, đã đọc từ danh sách{}", n(*missed), first_named(orders))
        }
        Webhooks::Off { since, missed, orders } => {
            format!("bị tắt từ {}{}", reader.moment(*since), and_missed(*missed, orders))
        }
    }
}

fn and_missed(missed: u64, orders: &[OrderId]) -> String {
    match missed {
        0 => String::new(),
        _ => format!("; sót {} đơn, đã đọc từ danh sách{}", n(missed), first_named(orders)),
    }
}

fn reorder_inputs(inputs: &ReorderInputs, _: &Reader) -> String {
    let (sold, window, now, coming) =
        (n(inputs.sold), inputs.window_days, n(inputs.units_now), n(inputs.on_the_way));
    format!("{sold} ÷ {window} × ({} + {}) − {now} − {coming}", inputs.lead_days, inputs.target_days)
}

fn move_inputs(inputs: &MoveInputs, _: &Reader) -> String {
    let (window, days) = (inputs.window_days, inputs.target_days);
    format!(
        "nhận: {} ÷ {window} × {days} − {}; giao: {} − {} ÷ {window} × {days}",
        n(inputs.to_sold),
        n(inputs.to_units),
        n(inputs.from_units),
        n(inputs.from_sold),
    )
}
