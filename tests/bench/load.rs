//! A small load generator: keep-alive connections that each send the next request when the answer
//! to the last one is complete.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// Makes the bytes of the request of a number; each number is used once.
pub(crate) type Requests = Rc<dyn Fn(u64) -> Vec<u8>>;

/// What a run of load showed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    /// Answers a second.
    pub(crate) rate: f64,
    /// Half of the answers took no longer, in microseconds.
    pub(crate) p50: u64,
    /// All but one in a hundred took no longer, in microseconds.
    pub(crate) p99: u64,
    /// How many answers came.
    pub(crate) answers: u64,
    /// How many requests were refused, mostly because the disk let writers wait too long.
    pub(crate) refused: u64,
    /// The size of the first answer's body in bytes.
    pub(crate) body: usize,
}

/// What one connection saw.
#[derive(Default)]
struct Seen {
    took: Vec<u64>,
    refused: u64,
    body: usize,
}

/// One answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// Sends for `length` over so many connections.
pub(crate) async fn drive(
    address: SocketAddr,
    connections: usize,
    length: Duration,
    numbers: &Rc<Cell<u64>>,
    requests: &Requests,
) -> anyhow::Result<Outcome> {
    let tasks = LocalSet::new();
    let started = Instant::now();
    let until = started + length;
    let running: Vec<_> = (0..connections)
        .map(|_| {
            let (numbers, requests) = (numbers.clone(), requests.clone());
            tasks.spawn_local(connection(address, until, numbers, requests))
        })
        .collect();
    let mut all = Seen::default();
    tasks
        .run_until(async {
            for task in running {
                let seen = task.await.context("a connection")??;
                all.took.extend(seen.took);
                all.refused += seen.refused;
                all.body = all.body.max(seen.body);
            }
            anyhow::Ok(())
        })
        .await?;
    let elapsed = started.elapsed().as_secs_f64();
    let Seen { mut took, refused, body } = all;
    took.sort_unstable();
    let at = |share: usize| took.get(took.len() * share / 100).copied().unwrap_or_default();
    let answers = u32::try_from(took.len())?;
    Ok(Outcome {
        rate: f64::from(answers) / elapsed,
        p50: at(50),
        p99: at(99),
        answers: answers.into(),
        refused,
        body,
    })
}

async fn connection(
    address: SocketAddr,
    until: Instant,
    numbers: Rc<Cell<u64>>,
    requests: Requests,
) -> anyhow::Result<Seen> {
    let mut stream = connect(address).await?;
    let mut buffer = Vec::with_capacity(1 << 16);
    let mut seen = Seen::default();
    while Instant::now() < until {
        let number = numbers.replace(numbers.get() + 1);
        let request = requests(number);
        let started = Instant::now();
        let reply = exchange(&mut stream, &request, &mut buffer).await?;
        if reply.status == 503 {
            seen.refused += 1;
            continue;
        }
        seen.took.push(u64::try_from(started.elapsed().as_micros())?);
        anyhow::ensure!(
            (200..400).contains(&reply.status),
            "{}: {}\n{}",
            reply.status,
            String::from_utf8_lossy(&request),
            String::from_utf8_lossy(&reply.body)
        );
        seen.body = reply.body.len();
    }
    Ok(seen)
}

/// A connection without Nagle's delay.
pub(crate) async fn connect(address: SocketAddr) -> anyhow::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Sends a request and reads its whole answer, which says its length or comes in chunks.
pub(crate) async fn exchange(
    stream: &mut TcpStream,
    request: &[u8],
    buffer: &mut Vec<u8>,
) -> anyhow::Result<Reply> {
    stream.write_all(request).await?;
    buffer.clear();
    let (head, length, status) = loop {
        anyhow::ensure!(stream.read_buf(buffer).await? > 0, "the server hung up");
        if let Some(end) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let text = std::str::from_utf8(&buffer[..end])?;
            break (end + 4, content_length(text)?, text[9..12].parse()?);
        }
    };
    loop {
        let body = match length {
            Some(length) => buffer.get(head..head + length).map(<[u8]>::to_vec),
            None => unchunked(&buffer[head..])?,
        };
        if let Some(body) = body {
            return Ok(Reply { status, body });
        }
        anyhow::ensure!(stream.read_buf(buffer).await? > 0, "the server hung up");
    }
}

/// `None` for an answer in chunks, as one that is packed on its way.
fn content_length(head: &str) -> anyhow::Result<Option<usize>> {
    let mut chunked = false;
    for line in head.lines().skip(1) {
        let (name, value) = line.split_once(':').context("a header")?;
        if name.eq_ignore_ascii_case("content-length") {
            return Ok(Some(value.trim().parse()?));
        }
        chunked |= name.eq_ignore_ascii_case("transfer-encoding");
    }
    anyhow::ensure!(chunked, "an answer without its length: {head}");
    Ok(None)
}

/// What the chunks hold (RFC 9112, 7.1); `None` while the last one is still to come.
fn unchunked(mut bytes: &[u8]) -> anyhow::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") else { return Ok(None) };
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end])?.trim(), 16)?;
        let Some(chunk) = bytes.get(end + 2..end + 2 + size + 2) else { return Ok(None) };
        if size == 0 {
            return Ok(Some(body));
        }
        body.extend_from_slice(&chunk[..size]);
        bytes = &bytes[end + 2 + size + 2..];
    }
}
