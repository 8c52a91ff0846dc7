//! Who hears of a shop's morning report and of what cannot wait: a chat on Telegram, addresses of e-mail.

/// The longest name of a chat, in letters.
pub const CHAT_LETTERS_MAX: usize = 64;
/// The most addresses of one shop.
pub const ADDRESSES_MAX: usize = 10;
/// The longest address, in bytes (RFC 5321, 4.5.3.1.3, read 2026-12-01).
pub const ADDRESS_BYTES_MAX: usize = 254;

/// A way by which a shop's people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// A chat on Telegram.
    Telegram,
    /// E-mail.
    Email,
    /// Phones on Zalo.
    Zalo,
}

impl Way {
    /// Its name in files, logs and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Telegram => "telegram",
            Self::Email => "email",
            Self::Zalo => "zalo",
        }
    }
}

/// A chat on Telegram to which the shop's own bot may write. The bot's token is a secret and lies with those.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelegramChat {
    /// The chat's number, or the name of a public channel with its `@`.
    pub chat: String,
    /// True for a message in English; else it is in Vietnamese.
    pub is_english: bool,
    /// Where the API answers; none for Telegram's own address.
    pub base_url: Option<String>,
}

impl TelegramChat {
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.chat.trim().is_empty() || self.chat.chars().count() > CHAT_LETTERS_MAX {
            return Err(format!(
                "report.telegram.chat must be a chat's number or @name of at most {CHAT_LETTERS_MAX} letters"
            ));
        }
        Ok(())
    }
}

/// Addresses of e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailReaders {
    /// Who reads; all of them get one letter.
    pub to: Vec<String>,
    /// True for a letter in English; else it is in Vietnamese.
    pub is_english: bool,
    /// The shop's own mail server; none for the sender of the whole deployment.
    pub server: Option<MailServer>,
}

/// A mail server at which the shop has an account. Its password is a secret and lies with those.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How what is sent is kept from others.
    pub privacy: MailPrivacy,
    /// The account's name; none for a relay on this machine that asks for none.
    pub user: Option<String>,
    /// The address that letters come from.
    pub from: String,
}

/// How a letter's way to the mail server is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailPrivacy {
    /// TLS from the first byte, as at port 465.
    Tls,
    /// TLS before anything is said, asked for by STARTTLS, as at port 587; without it nothing is sent.
    StartTls,
    /// None: the server is on this very machine.
    SameMachine,
}

impl MailServer {
    /// Reads `smtps://HOST[:465]`, `smtp://HOST[:587]` or, on this machine, `smtp://localhost[:25]`. The error says what is wrong
    /// and does not repeat the text, in which a password may stand by mistake.
    pub fn read(url: &str, user: Option<String>, from: String) -> Result<Self, String> {
        let wrong = || {
            "must be smtps://HOST or smtp://HOST, with a port where it is not the usual one, and nothing else"
                .to_owned()
        };
        let (scheme, rest) = url.split_once("://").ok_or_else(wrong)?;
        let (host, port) = match rest.split_once(':') {
            Some((host, port)) => (host, Some(port.parse::<u16>().map_err(|_| wrong())?)),
            None => (rest, None),
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        if host.is_empty() || !host.chars().all(is_name) {
            return Err(wrong());
        }
        let (privacy, usual) = match scheme {
            "smtps" => (MailPrivacy::Tls, 465),
            "smtp" if matches!(host, "localhost" | "127.0.0.1") => (MailPrivacy::SameMachine, 25),
            "smtp" => (MailPrivacy::StartTls, 587),
            _ => return Err(wrong()),
        };
        Ok(Self { host: host.to_owned(), port: port.unwrap_or(usual), privacy, user, from })
    }
}

impl EmailReaders {
    pub(crate) fn check(&self) -> Result<(), String> {
        if !(1..=ADDRESSES_MAX).contains(&self.to.len()) {
            return Err(format!("report.email.to must hold 1 to {ADDRESSES_MAX} addresses"));
        }
        if !self.to.iter().all(|address| is_address(address)) {
            return Err("report.email.to holds something that is no address of e-mail".to_owned());
        }
        let server = self.server.as_ref();
        if server.is_some_and(|server| !is_address(&server.from)) {
            return Err("report.email.from must be an address of e-mail".to_owned());
        }
        let is_open = |server: &MailServer| server.privacy == MailPrivacy::SameMachine;
        if server.is_some_and(|server| server.user.is_none() && !is_open(server)) {
            return Err(
                "report.email.user is missing: a mail server elsewhere asks for an account".to_owned()
            );
        }
        Ok(())
    }
}

/// True for plain addresses such as `chu@cuahang.vn`: no display name, no blanks, nothing that could begin another line.
pub fn is_address(text: &str) -> bool {
    let Some((name, domain)) = text.rsplit_once('@') else { return false };
    let is_name = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
    let is_domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    text.len() <= ADDRESS_BYTES_MAX
        && !name.is_empty()
        && name.chars().all(is_name)
        && domain.contains('.')
        && domain.chars().all(is_domain)
        && !domain.starts_with('.')
        && !domain.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> Result<(String, u16, MailPrivacy), String> {
        MailServer::read(url, None, "a@b.vn".to_owned()).map(|s| (s.host, s.port, s.privacy))
    }

    #[test]
    fn a_mail_server_is_read_with_its_usual_port_and_never_in_the_open() {
        assert_eq!(server("smtps://mail.shop.vn"), Ok(("mail.shop.vn".to_owned(), 465, MailPrivacy::Tls)));
        assert_eq!(
            server("smtp://mail.shop.vn"),
            Ok(("mail.shop.vn".to_owned(), 587, MailPrivacy::StartTls))
        );
        assert_eq!(
            server("smtp://localhost:2525"),
            Ok(("localhost".to_owned(), 2525, MailPrivacy::SameMachine))
        );
        for wrong in ["mail.shop.vn", "http://mail.shop.vn", "smtp://", "smtp://u:canary@h", "smtp://h:99999"]
        {
            let complaint = server(wrong).unwrap_err();
            assert!(complaint.contains("smtps://HOST") && !complaint.contains("canary"), "{complaint}");
        }
    }

    #[test]
    fn addresses_that_could_begin_another_line_are_none() {
        for address in ["chu@cuahang.vn", "a.b+c@x-y.com.vn"] {
            assert!(is_address(address), "{address}");
        }
        for other in
            ["", "@x.vn", "chu", "chu@x", "Chu <chu@x.vn>", "chu@x.vn\r\nBcc: b@x.vn", "chu @x.vn", "chu@.vn"]
        {
            assert!(!is_address(other), "{other}");
        }
    }
}
