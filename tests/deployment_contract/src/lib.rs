//! Holds the template and the code against each other, in both directions.
