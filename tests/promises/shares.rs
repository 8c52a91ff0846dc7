//! Which channel may sell how many units, told as tables that a shop manager can read: `shown/covered` for each channel.

use hopkenh_tests::stock_story::play;

/// The mall is set to 0 before its number is raised or lowered; the website compares and is told at once. Sales move
/// shares, other channels are not told of each one, and a sale at the till makes the channels give units back.
#[tokio::test]
async fn a_day_on_two_channels_sells_no_unit_twice() {
    play(
        "
time  | what happens     | where | units | → mall | web | on hand | sold | free
08:00 | counted          | hn    | 10    | 0/0    | 0/0 | 10      | 0    | 10
08:05 | orders are read  |       |       | 5/5    | 5/5 | 10      | 0    | 0
08:06 | sold, and told   | mall  | 2     | 3/3    | 5/5 | 10      | 2    | 0
08:07 | sold, and told   | mall  | 2     | 1/1    | 1/1 | 10      | 4    | 4
08:10 | orders are read  |       |       | 0/1    | 1/1 | 10      | 4    | 4
08:15 | orders are read  |       |       | 5/5    | 1/1 | 10      | 4    | 0
08:20 | counted          | hn    | 20    | 5/5    | 4/4 | 20      | 4    | 7
08:25 | orders are read  |       |       | 0/5    | 4/4 | 20      | 4    | 7
08:30 | orders are read  |       |       | 12/12  | 4/4 | 20      | 4    | 0
08:35 | sold, and told   | web   | 3     | 12/12  | 1/1 | 20      | 7    | 0
08:40 | orders are read  |       |       | 0/12   | 1/1 | 20      | 7    | 0
08:45 | orders are read  |       |       | 8/8    | 5/5 | 20      | 7    | 0
08:50 | sold at the till | hn    | 3     | 8/8    | 4/4 | 17      | 7    | -2
08:55 | orders are read  |       |       | 0/8    | 4/4 | 17      | 7    | -2
09:00 | orders are read  |       |       | 6/6    | 4/4 | 17      | 7    | 0
09:05 | sold, not told   | mall  | 2     | 4/6    | 4/4 | 17      | 7    | 0
09:10 | orders are read  |       |       | 4/4    | 4/4 | 17      | 9    | 0
",
    )
    .await;
}

/// Channels whose orders nobody could read for a quarter of an hour are given no more units; once they are read again, they
/// are, without waiting for something else to happen.
#[tokio::test]
async fn channels_that_are_seen_again_are_given_units_again() {
    play(
        "
time  | what happens     | where | units | → mall | web | on hand | sold | free
08:00 | counted          | hn    | 10    | 0/0    | 0/0 | 10      | 0    | 10
08:05 | orders are read  |       |       | 5/5    | 5/5 | 10      | 0    | 0
08:10 | orders are read  |       |       | 5/5    | 5/5 | 10      | 0    | 0
08:30 | counted          | hn    | 30    | 5/5    | 5/5 | 30      | 0    | 20
08:35 | orders are read  |       |       | 5/5    | 5/5 | 30      | 0    | 20
08:36 | orders are read  |       |       | 0/5    | 15/15 | 30      | 0    | 10
08:37 | orders are read  |       |       | 15/15  | 15/15 | 30      | 0    | 0
",
    )
    .await;
}
