//! A letter through the shop's own mail server, as a mail program on a computer sends it.

use crate::mail::{LETTER_TIME_MAX, Letter};
use channels::error::ChannelError;
use commerce::report_reader::{MailPrivacy, MailServer};
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{AsyncSmtpTransport, Error};
use lettre::{Address, AsyncTransport, Message, Tokio1Executor};

/// The server does not take user and password (RFC 4954, 6, read 2026-12-01).
const LOGIN_REFUSED: [u16; 3] = [530, 534, 535];

/// Sends a letter. After an error that says nothing of a refusal it may have been sent. What the server says is not repeated:
/// it may name addresses.
pub async fn send(server: &MailServer, password: Option<&str>, letter: &Letter) -> Result<(), ChannelError> {
    let message = message(server, letter)?;
    let transport = transport(server, password)?;
    transport.send(message).await.map(|_| ()).map_err(|error| meaning(&error))
}

fn transport(
    server: &MailServer,
    password: Option<&str>,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, ChannelError> {
    let tls = || {
        TlsParameters::new(server.host.clone())
            .map_err(|_| ChannelError::misconfigured("no certificates to know mail servers by"))
    };
    let privacy = match server.privacy {
        MailPrivacy::Tls => Tls::Wrapper(tls()?),
        MailPrivacy::StartTls => Tls::Required(tls()?),
        MailPrivacy::SameMachine => Tls::None,
    };
    let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
        .port(server.port)
        .tls(privacy)
        .timeout(Some(LETTER_TIME_MAX));
    Ok(match (&server.user, password) {
        (Some(user), Some(password)) => {
            builder.credentials(Credentials::new(user.clone(), password.to_owned())).build()
        }
        _ => builder.build(),
    })
}

fn message(server: &MailServer, letter: &Letter) -> Result<Message, ChannelError> {
    let mut message = Message::builder().from(mailbox(&server.from)?).subject(letter.subject.clone());
    for address in &letter.to {
        message = message.to(mailbox(address)?);
    }
    let text = SinglePart::plain(letter.text.clone());
    let whole = match &letter.page {
        None => message.singlepart(text),
        Some(page) => {
            let page = Attachment::new(page.name.clone()).body(page.html.clone(), ContentType::TEXT_HTML);
            message.multipart(MultiPart::mixed().singlepart(text).singlepart(page))
        }
    };
    whole.map_err(|_| ChannelError::misconfigured("the letter could not be written"))
}

fn mailbox(address: &str) -> Result<Mailbox, ChannelError> {
    let address: Address =
        address.parse().map_err(|_| ChannelError::misconfigured("report.email: not an address"))?;
    Ok(Mailbox::new(None, address))
}

fn meaning(error: &Error) -> ChannelError {
    let code = error.status().map(u16::from);
    match code {
        Some(code) if LOGIN_REFUSED.contains(&code) => {
            ChannelError::misconfigured(format!("the mail server does not take user and password ({code})"))
        }
        Some(code) if error.is_transient() => ChannelError::unavailable(format!("mail server: {code}")),
        Some(code) => ChannelError::refused(format!("mail server: {code}")),
        None if error.is_timeout() => ChannelError::timed_out("the mail server does not answer"),
        None if error.is_tls() => ChannelError::unavailable("the mail server cannot be spoken to in private"),
        None => ChannelError::unavailable("the mail server cannot be reached"),
    }
}
