//! As much SMTP as a sending client needs.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::mailbox::{MailFault, Mailbox};

/// The most that one mail may hold, bytes.
const MAX_MAIL: usize = 64 * 1024 * 1024;
/// How long a hanging connection stays open.
const HANG: Duration = Duration::from_secs(600);

/// Takes connections until the runtime ends.
pub(crate) async fn listen(listener: TcpListener, mailbox: Mailbox) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(talk(stream, mailbox.clone()));
            }
            // Out of descriptors: a moment later there may be some again.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// What the client has said of the mail so far.
#[derive(Default)]
struct Envelope {
    from: String,
    to: Vec<String>,
}

async fn talk(stream: TcpStream, mailbox: Mailbox) {
    // A client that hangs up in the middle is no event for a mailbox.
    if let Err(error) = session(stream, &mailbox).await {
        tracing::debug!(%error, "mail connection broke");
    }
}

async fn session(stream: TcpStream, mailbox: &Mailbox) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let at_door = mailbox.next_fault(|fault| CLOSED.contains(&fault));
    if closed(&mut stream, at_door).await? {
        return Ok(());
    }
    say(&mut stream, "220 sandbox ESMTP").await?;
    let mut envelope = Envelope::default();
    let mut fault = None;
    while let Some(line) = line(&mut stream).await? {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => say(&mut stream, "250-sandbox\r\n250-8BITMIME\r\n250 SMTPUTF8").await?,
            "MAIL" => {
                // Clients keep connections for the next mail, so each mail asks anew.
                fault = mailbox.next_fault(|_| true);
                if closed(&mut stream, fault).await? {
                    return Ok(());
                }
                envelope = Envelope { from: address(&line), to: Vec::new() };
                say(&mut stream, "250 go on").await?;
            }
            "RCPT" => recipient(&mut stream, &mut envelope, fault, &line).await?,
            "DATA" if envelope.to.is_empty() => say(&mut stream, "503 no recipients").await?,
            "DATA" => {
                if !receive(&mut stream, mailbox, std::mem::take(&mut envelope)).await?
                    || fault == Some(MailFault::DropAfter)
                {
                    return Ok(());
                }
                say(&mut stream, "250 taken").await?;
            }
            "QUIT" => return say(&mut stream, "221 goodbye").await,
            "HELO" | "RSET" | "NOOP" | "VRFY" => say(&mut stream, "250 fine").await?,
            _ => say(&mut stream, "502 not known here").await?,
        }
    }
    Ok(())
}

/// Faults under which nobody is let in.
const CLOSED: [MailFault; 2] = [MailFault::Unavailable, MailFault::Hang];

/// Whether the fault ends the talk here.
async fn closed(
    stream: &mut BufReader<TcpStream>,
    fault: Option<MailFault>,
) -> std::io::Result<bool> {
    match fault {
        Some(MailFault::Unavailable) => say(stream, "421 mailbox is closed for now").await?,
        Some(MailFault::Hang) => tokio::time::sleep(HANG).await,
        _ => return Ok(false),
    }
    Ok(true)
}

async fn recipient(
    stream: &mut BufReader<TcpStream>,
    envelope: &mut Envelope,
    fault: Option<MailFault>,
    line: &str,
) -> std::io::Result<()> {
    match fault {
        Some(MailFault::TryLater) => say(stream, "451 try again later").await,
        Some(MailFault::NoSuchBox) => say(stream, "550 no such mailbox").await,
        _ => {
            envelope.to.push(address(line));
            say(stream, "250 go on").await
        }
    }
}

/// Takes the mail itself; false when the client left in the middle.
async fn receive(
    stream: &mut BufReader<TcpStream>,
    mailbox: &Mailbox,
    envelope: Envelope,
) -> std::io::Result<bool> {
    say(stream, "354 end with a dot").await?;
    let Some(raw) = content(stream).await? else {
        return Ok(false);
    };
    mailbox.take(envelope.from, envelope.to, &raw);
    Ok(true)
}

async fn say(stream: &mut BufReader<TcpStream>, words: &str) -> std::io::Result<()> {
    stream.get_mut().write_all(format!("{words}\r\n").as_bytes()).await
}

async fn line(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<String>> {
    let mut bytes = Vec::new();
    stream.read_until(b'\n', &mut bytes).await?;
    if bytes.is_empty() {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&bytes);
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// The mail up to the lone dot; `None` when the client left before it.
async fn content(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<String>> {
    let mut raw = String::new();
    while let Some(line) = line(stream).await? {
        if line == "." {
            return Ok(Some(raw));
        }
        if raw.len() + line.len() > MAX_MAIL {
            break;
        }
        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
        raw.push('\n');
    }
    Ok(None)
}

/// What stands between the angle brackets.
fn address(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or_else(String::new, |(address, _)| address.to_owned())
}
