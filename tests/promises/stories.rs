//! What happens to stock, told as tables that a shop manager can read; each is played on the real table.

use hopkenh_tests::story::play;

#[tokio::test]
async fn a_sale_is_committed_until_it_ships() {
    play(
        "
time  | event     | where | order | goods | qty | → stock | on hand | committed | free | a person sees
09:00 | count     | hn    |       | AO-M  | 10  | hn AO-M |   10    |     0     |  10
09:05 | placed    | web   | W1    | ao-m  | 3   | hn AO-M |   10    |     3     |   7
09:06 | paid      | web   | W1
09:30 | packed    | web   | W1
11:00 | shipped   | web   | W1    |       |     | hn AO-M |    7    |     0     |   7
11:00 | the same again
15:00 | delivered | web   | W1
16:00 | completed | web   | W1
",
    )
    .await;
}

#[tokio::test]
async fn a_cancel_before_shipping_frees_the_goods() {
    play(
        "
time  | event                 | where  | order | goods | qty | → stock | on hand | committed | free | a person sees
09:00 | count                 | hn     |       | AO-M  | 10  | hn AO-M |   10    |     0     |  10
09:05 | paid                  | shopee | S1    | ao-m  | 4   | hn AO-M |   10    |     4     |   6
09:20 | cancelled, still here | shopee | S1    |       |     | hn AO-M |   10    |     0     |  10
09:05 | paid                  | shopee | S1
",
    )
    .await;
}

#[tokio::test]
async fn a_cancel_without_proof_frees_nothing_and_asks_a_person() {
    play(
        "
time  | event                   | where  | order | goods | qty | → stock | on hand | committed | free | a person sees
09:00 | count                   | hn     |       | AO-M  | 10  | hn AO-M |   10    |     0     |  10
09:05 | paid                    | shopee | S1    | ao-m  | 4   | hn AO-M |   10    |     4     |   6
12:20 | cancelled, nobody knows | shopee | S1    |       |     |         |         |           |      | cancel without proof
12:20 | the same again
12:30 | cancelled, still here   | shopee | S1    |       |     | hn AO-M |   10    |     0     |  10
",
    )
    .await;
}

#[tokio::test]
async fn what_shipped_does_not_come_back_by_a_cancel_or_a_return() {
    play(
        "
time  | event                 | where  | order | goods | qty | → stock | on hand | committed | free | a person sees
09:00 | count                 | hn     |       | AO-M  | 10  | hn AO-M |   10    |     0     |  10
09:05 | shipped               | shopee | S1    | ao-m  | 2   | hn AO-M |    8    |     0     |   8
09:40 | cancelled, still here | shopee | S1
10:05 | shipped               | shopee | S2    | ao-m  | 1   | hn AO-M |    7    |     0     |   7
10:40 | cancelled on the road | shopee | S2
11:05 | shipped               | shopee | S3    | ao-m  | 1   | hn AO-M |    6    |     0     |   6
11:40 | returned              | shopee | S3
",
    )
    .await;
}

#[tokio::test]
async fn part_of_an_order_may_be_called_off() {
    play(
        "
time  | event   | where  | order | goods | qty | → stock | on hand | committed | free | a person sees
09:00 | count   | hn     |       | AO-M  | 10  | hn AO-M |   10    |     0     |  10
09:00 | count   | hn     |       | AO-L  | 10  | hn AO-L |   10    |     0     |  10
09:05 | paid    | shopee | S1    | ao-m  | 3   | hn AO-M |   10    |     3     |   7
      |         |        |       | ao-l  | 2   | hn AO-L |   10    |     2     |   8
09:10 | paid    | shopee | S1    | ao-m  | 3-1 | hn AO-M |   10    |     2     |   8
      |         |        |       | ao-l  | 2
09:15 | packed  | shopee | S1    | ao-m  | 3-1 | hn AO-L |   10    |     0     |  10
10:00 | shipped | shopee | S1    |       |     | hn AO-M |    8    |     0     |   8
",
    )
    .await;
}

#[tokio::test]
async fn an_order_first_seen_cancelled_takes_nothing() {
    play(
        "
time  | event                   | where  | order | goods | qty | → stock | on hand | committed | free | a person sees
09:00 | count                   | hn     |       | AO-M  | 10  | hn AO-M |   10    |     0     |  10
09:30 | cancelled, still here   | shopee | S1    | ao-m  | 4
09:05 | paid                    | shopee | S1
09:40 | cancelled on the road   | shopee | S2    | ao-m  | 1   | hn AO-M |    9    |     0     |   9
09:50 | cancelled, nobody knows | shopee | S3    | ao-m  | 2   | hn AO-M |    9    |     2     |   7  | cancel without proof
",
    )
    .await;
}

#[tokio::test]
async fn a_status_nobody_knows_keeps_the_goods_taken() {
    play(
        "
time  | event         | where  | order | goods | qty | → stock | on hand | committed | free | a person sees
09:00 | count         | hn     |       | AO-M  | 10  | hn AO-M |   10    |     0     |  10
09:05 | paid          | shopee | S1    | ao-m  | 4   | hn AO-M |   10    |     4     |   6
09:20 | says IN_LIMBO | shopee | S1    |       |     |         |         |           |      | unknown status
09:20 | the same again
09:25 | says IN_LIMBO | shopee | S2    | ao-m  | 1   | hn AO-M |   10    |     5     |   5  | unknown status
10:00 | shipped       | shopee | S1    |       |     | hn AO-M |    6    |     1     |   5
",
    )
    .await;
}

#[tokio::test]
async fn an_unknown_product_waits_and_applies_itself_once_mapped() {
    play(
        "
time  | event          | where | order | goods | qty   | → stock  | on hand | committed | free | a person sees
09:00 | count          | hn    |       | AO-M  | 10    | hn AO-M  |   10    |     0     |  10
09:00 | count          | hn    |       | AO-XL | 5     | hn AO-XL |    5    |     0     |   5
09:05 | paid           | web   | W1    | ao-m  | 1     | hn AO-M  |   10    |     1     |   9  | unknown sku
      |                |       |       | ao-xl | 2
09:05 | the same again
09:10 | product mapped |       |       | ao-xl | AO-XL
09:05 | the same again |       |       |       |       | hn AO-XL |    5    |     2     |   3
09:05 | the same again
10:00 | shipped        | web   | W1    |       |       | hn AO-M  |    9    |     0     |   9
      |                |       |       |       |       | hn AO-XL |    3    |     0     |   3
",
    )
    .await;
}

/// The parcel left at 09:30, the shelf was counted at 10:00, the product was mapped at last at 11:00.
#[tokio::test]
async fn a_product_mapped_after_a_count_is_not_taken_from_that_count_again() {
    play(
        "
time  | event          | where | order | goods | qty   | → stock  | on hand | committed | free | a person sees
09:05 | paid           | web   | W1    | ao-xl | 2     |          |         |           |      | unknown sku
09:30 | shipped        | web   | W1
10:00 | count          | hn    |       | AO-XL | 5     | hn AO-XL |    5    |     0     |   5
11:00 | product mapped |       |       | ao-xl | AO-XL
09:30 | shipped        | web   | W1
12:00 | completed      | web   | W1
",
    )
    .await;
}

#[tokio::test]
async fn the_second_store_serves_when_the_first_has_run_out() {
    play(
        "
time  | event   | where | order | goods | qty | → stock  | on hand | committed | free | a person sees
09:00 | count   | hn    |       | AO-M  | 3   | hn AO-M  |    3    |     0     |   3
09:00 | count   | hcm   |       | AO-M  | 4   | hcm AO-M |    4    |     0     |   4
09:05 | paid    | web   | W1    | ao-m  | 2   | hn AO-M  |    3    |     2     |   1
09:06 | paid    | web   | W2    | ao-m  | 2   | hcm AO-M |    4    |     2     |   2
09:07 | paid    | web   | W3    | ao-m  | 1   | hn AO-M  |    3    |     3     |   0
09:08 | paid    | web   | W4    | ao-m  | 1   | hcm AO-M |    4    |     3     |   1
10:00 | shipped | web   | W2    |       |     | hcm AO-M |    2    |     1     |   1
",
    )
    .await;
}

#[tokio::test]
async fn an_oversold_order_is_recorded_and_shows_as_negative() {
    play(
        "
time  | event   | where  | order | goods | qty | → stock  | on hand | committed | free | a person sees
09:00 | count   | hn     |       | AO-M  | 3   | hn AO-M  |    3    |     0     |   3
09:00 | count   | hcm    |       | AO-M  | 1   | hcm AO-M |    1    |     0     |   1
09:05 | paid    | shopee | S1    | ao-m  | 2   | hn AO-M  |    3    |     2     |   1
09:06 | paid    | shopee | S2    | ao-m  | 2   | hn AO-M  |    3    |     4     |  -1
09:07 | paid    | web    | W1    | ao-m  | 2   | hcm AO-M |    1    |     2     |  -1
09:08 | paid    | web    | W2    | ao-m  | 1   | hn AO-M  |    3    |     5     |  -2
09:30 | shipped | shopee | S2    |       |     | hn AO-M  |    1    |     3     |  -2
",
    )
    .await;
}

#[tokio::test]
async fn a_set_and_a_box_take_their_parts() {
    play(
        "
time  | event                 | where | order | goods    | qty | → stock | on hand | committed | free | a person sees
09:00 | count                 | hn    |       | AO-M     | 10  | hn AO-M |   10    |     0     |  10
09:00 | count                 | hn    |       | AO-L     | 10  | hn AO-L |   10    |     0     |  10
09:00 | count                 | hn    |       | TAT      | 100 | hn TAT  |  100    |     0     | 100
09:05 | paid                  | web   | W1    | bo-doi   | 2   | hn AO-M |   10    |     3     |   7
      |                       |       |       | ao-m     | 1   | hn AO-L |   10    |     4     |   6
      |                       |       |       | thung-24 | 3   | hn TAT  |  100    |    72     |  28
10:00 | shipped               | web   | W1    |          |     | hn AO-M |    7    |     0     |   7
      |                       |       |       |          |     | hn AO-L |    6    |     0     |   6
      |                       |       |       |          |     | hn TAT  |   28    |     0     |  28
10:10 | paid                  | web   | W2    | bo-doi   | 1   | hn AO-M |    7    |     1     |   6
      |                       |       |       |          |     | hn AO-L |    6    |     2     |   4
10:20 | cancelled, still here | web   | W2    |          |     | hn AO-M |    7    |     0     |   7
      |                       |       |       |          |     | hn AO-L |    6    |     0     |   6
",
    )
    .await;
}

#[tokio::test]
async fn a_till_sale_counts_only_when_it_is_later_than_the_count() {
    play(
        "
time  | event            | where | order | goods | qty | → stock   | on hand | committed | free | a person sees
10:00 | count            | quay  |       | AO-M  | 10  | quay AO-M |   10    |     0     |  10
09:59 | sold at the till | till  | HD1   | ao-m  | 2
10:00 | sold at the till | till  | HD2   | ao-m  | 2
10:01 | sold at the till | till  | HD3   | ao-m  | 2   | quay AO-M |    8    |     0     |   8
10:01 | the same again
11:00 | count            | quay  |       | AO-M  | 7   | quay AO-M |    7    |     0     |   7
10:30 | sold at the till | till  | HD4   | ao-m  | 1
11:05 | sold at the till | till  | HD5   | ao-m  | 9   | quay AO-M |   -2    |     0     |  -2
",
    )
    .await;
}

#[tokio::test]
async fn the_tills_level_counts_once_and_an_older_one_not_at_all() {
    play(
        "
time  | event          | where | order | goods | qty | → stock   | on hand | committed | free | a person sees
10:00 | count          | quay  |       | AO-M  | 10  | quay AO-M |   10    |     0     |  10
10:00 | the same again
09:00 | count          | quay  |       | AO-M  | 99
10:05 | count          | quay  |       | AO-M  | 12  | quay AO-M |   12    |     0     |  12
10:00 | count          | quay  |       | AO-M  | 10
10:06 | count          | quay  |       | AO-M  | -1  | quay AO-M |   -1    |     0     |  -1
10:07 | count          | quay  |       | AO-M  | -1  | quay AO-M |   -1    |     0     |  -1
",
    )
    .await;
}

#[tokio::test]
async fn where_a_till_counts_a_shipped_channel_order_stays_committed_until_the_till_counts_it() {
    play(
        "
time  | event                 | where       | order | goods | qty | → stock   | on hand | committed | free | a person sees
10:00 | count                 | quay        |       | AO-M  | 10  | quay AO-M |   10    |     0     |  10
10:05 | paid                  | shopee-quay | S1    | ao-m  | 3   | quay AO-M |   10    |     3     |   7
11:00 | shipped               | shopee-quay | S1
11:30 | completed             | shopee-quay | S1
12:00 | paid                  | shopee-quay | S2    | ao-m  | 1   | quay AO-M |   10    |     4     |   6
12:10 | cancelled, still here | shopee-quay | S2    |       |     | quay AO-M |   10    |     3     |   7
",
    )
    .await;
}

#[tokio::test]
async fn an_order_older_than_the_horizon_is_parked_and_never_applied() {
    play(
        "
time             | event   | where  | order | goods | qty | → stock | on hand | committed | free | a person sees
09:00            | count   | hn     |       | AO-M  | 10  | hn AO-M |   10    |     0     |  10
2022-01-05 10:00 | paid    | shopee | S1    | ao-m  | 4   |         |         |           |      | before horizon
2022-01-06 10:00 | shipped | shopee | S1
2024-01-05 10:00 | paid    | shopee | S2    | ao-m  | 4   | hn AO-M |   10    |     4     |   6
",
    )
    .await;
}

#[tokio::test]
async fn two_tales_of_one_moment_are_asked_again_and_the_later_read_wins() {
    play(
        "
time  | event                             | where  | order | goods | qty | → stock | on hand | committed | free | a person sees
09:00 | count                             | hn     |       | AO-M  | 10  | hn AO-M |   10    |     0     |  10
09:05 | paid                              | shopee | S1    | ao-m  | 4   | hn AO-M |   10    |     4     |   6
09:05 | paid                              | shopee | S1    | ao-m  | 3   |         |         |           |      | asked again
09:05 | paid, read 09:06                  | shopee | S1    | ao-m  | 3   | hn AO-M |   10    |     3     |   7
09:05 | paid, read 09:09                  | shopee | S1    | ao-m  | 2   | hn AO-M |   10    |     2     |   8
09:05 | paid, read 09:07                  | shopee | S1    | ao-m  | 5
09:05 | paid                              | shopee | S1    | ao-m  | 4   |         |         |           |      | asked again
09:05 | says IN_LIMBO                     | shopee | S1    | ao-m  | 2   |         |         |           |      | asked again
09:05 | packed                            | shopee | S1    | ao-m  | 2
09:05 | cancelled, still here             | shopee | S1    |       |     | hn AO-M |   10    |     0     |  10
",
    )
    .await;
}

/// A count that reaches us late is brought up to now by what left after it was taken.
#[tokio::test]
async fn a_count_that_arrives_after_a_later_sale_keeps_the_sale() {
    play(
        "
time  | event            | where | order | goods | qty | → stock   | on hand | committed | free | a person sees
09:00 | count            | quay  |       | AO-M  | 12  | quay AO-M |   12    |     0     |  12
10:05 | sold at the till | till  | HD1   | ao-m  | 1   | quay AO-M |   11    |     0     |  11
10:00 | count            | quay  |       | AO-M  | 10  | quay AO-M |    9    |     0     |   9
10:05 | count            | quay  |       | AO-M  | 9
",
    )
    .await;
}
