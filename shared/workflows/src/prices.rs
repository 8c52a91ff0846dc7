//! What Amazon asks for what an order uses: list prices of one region, as data, without free tiers and taxes.
//!
//! They are for comparing shops and changes with each other. Before quoting one to a customer, read the page it names.

use jiff::civil::{Date, date};

/// The region the prices are for.
pub const REGION: &str = "ap-southeast-1";
/// The day the figures were put down.
pub const NOTED_ON: Date = date(2026, 11, 22);
/// How far they have been checked.
pub const CHECKED: &str = "not checked against the price pages on that day";

/// One thing that is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// What is charged.
    pub what: &'static str,
    /// Millionths of a dollar for a million of them.
    pub micro_usd_per_million: u64,
    /// The page that says so.
    pub source: &'static str,
}

const fn price(what: &'static str, micro_usd_per_million: u64, source: &'static str) -> Price {
    Price { what, micro_usd_per_million, source }
}

/// A write request unit of an on-demand table.
pub const WRITE_UNIT: Price =
    price("DynamoDB write units", 712_500, "https://aws.amazon.com/dynamodb/pricing/on-demand/");
/// A read request unit of an on-demand table.
pub const READ_UNIT: Price =
    price("DynamoDB read units", 142_500, "https://aws.amazon.com/dynamodb/pricing/on-demand/");
/// A request to a standard queue.
pub const SQS_STANDARD: Price =
    price("SQS requests, standard", 400_000, "https://aws.amazon.com/sqs/pricing/");
/// A request to a FIFO queue.
pub const SQS_FIFO: Price = price("SQS requests, FIFO", 500_000, "https://aws.amazon.com/sqs/pricing/");
/// A function's call.
pub const LAMBDA_CALL: Price = price("Lambda calls", 200_000, "https://aws.amazon.com/lambda/pricing/");
/// A megabyte of a function's memory for a second, on Arm (0.0000133334 dollars for a gigabyte).
pub const LAMBDA_MB_SECOND: Price =
    price("Lambda MB-seconds, Arm", 13_021, "https://aws.amazon.com/lambda/pricing/");
/// A call of an HTTP API.
pub const HTTP_API_CALL: Price =
    price("API Gateway calls, HTTP API", 1_250_000, "https://aws.amazon.com/api-gateway/pricing/");
/// Writing an object.
pub const S3_PUT: Price = price("S3 PUT requests", 5_000_000, "https://aws.amazon.com/s3/pricing/");

/// All of them.
pub const ALL: [Price; 8] =
    [WRITE_UNIT, READ_UNIT, SQS_STANDARD, SQS_FIFO, LAMBDA_CALL, LAMBDA_MB_SECOND, HTTP_API_CALL, S3_PUT];

/// What so many thousandths of it cost, in billionths of a dollar.
pub fn nano_usd(price: Price, thousandths: u64) -> u64 {
    u64::try_from(u128::from(price.micro_usd_per_million) * u128::from(thousandths) / 1_000_000)
        .unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_costs_what_the_table_says() {
        let a_million_in_thousandths = 1_000_000_000;
        for price in ALL {
            let nano = nano_usd(price, a_million_in_thousandths);
            assert_eq!(nano, price.micro_usd_per_million * 1_000, "{}", price.what);
            assert!(price.source.starts_with("https://aws.amazon.com/"));
        }
    }
}
