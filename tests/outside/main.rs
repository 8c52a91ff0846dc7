//! What a stranger sees from outside: HTTP, processes, sample events, channels against their twins, house rules.
