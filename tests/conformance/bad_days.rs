//! A channel on a bad day: what kind of failure it is, what comes next, and what must not be sent twice.

use super::*;

pub(super) async fn too_many_without_wait(bench: Bench) -> Outcome {
    let id = bench.order();
    bench.fault(bench.read_path, FaultKind::TooManyRequests { retry_after_seconds: None });
    failed(&bench.bare_read(&id).await, ErrorKind::RateLimited, |next| next != Next::Park)?;
    // Together with the wrappers it is simply tried again.
    bench.fault(bench.read_path, FaultKind::TooManyRequests { retry_after_seconds: None });
    bench.look_up(&id).await.map(|_| ()).map_err(|e| e.to_string())?;
    if bench.can(Verb::SetStock) {
        bench.fault(bench.write_path, FaultKind::TooManyRequests { retry_after_seconds: None });
        failed(&bench.bare_write(3).await, ErrorKind::RateLimited, |next| next != Next::Park)?;
        ensure(bench.twin.stock_writes().is_empty(), "nothing was applied")?;
    }
    Ok(())
}

pub(super) async fn too_many_with_wait(bench: Bench) -> Outcome {
    let id = bench.order();
    let wait = FaultKind::TooManyRequests { retry_after_seconds: Some(17) };
    let waits = |next| next == Next::Wait(Duration::from_secs(17));
    bench.fault(bench.read_path, wait.clone());
    failed(&bench.bare_read(&id).await, ErrorKind::RateLimited, waits)?;
    if bench.can(Verb::SetStock) {
        bench.fault(bench.write_path, wait.clone());
        failed(&bench.bare_write(3).await, ErrorKind::RateLimited, waits)?;
    }
    // The wrappers do not hold a worker for that long: they give the wait back to the queue.
    bench.fault(bench.read_path, wait);
    let requests = bench.twin.requests();
    failed(&bench.look_up(&id).await.map(|_| ()), ErrorKind::RateLimited, waits)?;
    ensure(bench.twin.requests() - requests <= 2, "called again before the wait was over")
}

pub(super) async fn broken_read(bench: Bench) -> Outcome {
    let id = bench.order();
    for status in [500, 502, 503] {
        bench.fault(bench.read_path, FaultKind::ServerError(status));
        failed(&bench.bare_read(&id).await, ErrorKind::Unavailable, |next| next != Next::Park)?;
        bench.fault(bench.read_path, FaultKind::ServerError(status));
        bench.look_up(&id).await.map(|_| ()).map_err(|e| format!("tried again after {status}: {e}"))?;
    }
    Ok(())
}

pub(super) async fn broken_write(bench: Bench) -> Outcome {
    bench.fault(bench.write_path, FaultKind::ServerError(500));
    let result = bench.bare_write(3).await;
    failed(&result, ErrorKind::TimedOut, |next| next != Next::Park)?;
    ensure(result.unwrap_err().is_ambiguous(), "a write that broke down may have been applied")?;
    // And so the wrappers must not send it a second time.
    bench.fault(bench.write_path, FaultKind::ServerError(500));
    let outcomes = bench.set(&bench.sets(&[3])).await;
    ensure(
        outcomes.values().all(|o| o.as_ref().is_err_and(ChannelError::is_ambiguous)),
        format!("{outcomes:?}"),
    )?;
    ensure(bench.twin.stock_writes().is_empty(), "it was sent again")
}

pub(super) async fn no_answer(bench: Bench) -> Outcome {
    let id = bench.order();
    bench.fault(bench.read_path, FaultKind::HangBeforeApply);
    failed(&bench.bare_read(&id).await, ErrorKind::TimedOut, |next| next == Next::Retry)?;
    if bench.can(Verb::SetStock) {
        bench.fault(bench.write_path, FaultKind::ApplyThenHang);
        let outcomes = bench.set(&bench.sets(&[3])).await;
        ensure(
            outcomes.values().all(|o| o.as_ref().is_err_and(ChannelError::is_ambiguous)),
            format!("{outcomes:?}"),
        )?;
        ensure(bench.twin.stock_writes().len() == 1, "a doubtful write was sent again")?;
    }
    Ok(())
}

async fn nonsense(bench: &Bench, kind: &FaultKind) -> Outcome {
    let id = bench.order();
    bench.fault(bench.read_path, kind.clone());
    failed(&bench.bare_read(&id).await, ErrorKind::Unreadable, |next| next == Next::Retry)?;
    bench.fault(bench.read_path, kind.clone());
    bench.look_up(&id).await.map(|_| ()).map_err(|e| format!("tried again: {e}"))?;
    if bench.can(Verb::SetStock) {
        bench.fault(bench.write_path, kind.clone());
        let result = bench.bare_write(3).await;
        ensure(
            result.as_ref().is_err_and(ChannelError::is_ambiguous),
            format!("a write answered by nonsense: {result:?}"),
        )?;
    }
    Ok(())
}

pub(super) async fn web_page(bench: Bench) -> Outcome {
    nonsense(&bench, &FaultKind::Html).await
}

pub(super) async fn half_an_answer(bench: Bench) -> Outcome {
    nonsense(&bench, &FaultKind::Truncated).await
}

pub(super) async fn nobody_there(mut bench: Bench) -> Outcome {
    let id = bench.order();
    bench.connection.base_url = Some(format!("http://127.0.0.1:{}", free_port()));
    failed(&bench.bare_read(&id).await, ErrorKind::Unavailable, |next| next == Next::Retry)?;
    if bench.can(Verb::SetStock) {
        // Never connected, so certainly not applied.
        failed(&bench.bare_write(3).await, ErrorKind::Unavailable, |next| next == Next::Retry)?;
    }
    Ok(())
}

pub(super) async fn login_runs_out(bench: Bench) -> Outcome {
    let id = bench.order();
    match bench.facts().login {
        LoginKind::ClientCredentials => {
            let logins = |bench: &Bench| bench.twin.logins();
            let gateway = bench.gateway();
            let ids = [bench.our_id(&id)];
            let look = || gateway.look_up_orders(&bench.shop, &bench.connection, &bench.secrets, &ids);
            ensure(look().await[0].1.is_ok() && logins(&bench) == 1, "one login for the first call")?;
            ensure(look().await[0].1.is_ok() && logins(&bench) == 1, "and it is kept for the second")?;
            bench.fault(bench.read_path, FaultKind::LoginExpired);
            let again = look().await;
            ensure(again[0].1.is_ok(), format!("renewed and asked again: {again:?}"))?;
            ensure(logins(&bench) == 2, format!("{} logins, expected 2", logins(&bench)))
        }
        LoginKind::Granted { .. } => {
            ensure(!bench.can(Verb::LogIn), "a channel that logs in must be renewed")?;
            bench.fault(bench.read_path, FaultKind::LoginExpired);
            let requests = bench.twin.requests();
            let result = bench.look_up(&id).await.map(|_| ());
            failed(&result, ErrorKind::LoginExpired, |next| matches!(next, Next::Wait(_)))?;
            ensure(bench.twin.requests() - requests == 1, "asked again with a dead token")
        }
        LoginKind::Keys => {
            bench.fault(bench.read_path, FaultKind::LoginExpired);
            let result = bench.look_up(&id).await.map(|_| ());
            failed(&result, ErrorKind::Misconfigured, |next| next == Next::Park)
        }
    }
}
