// Unmodified Rust ttrpc, with the command line of Tests/GoPeer:
//
//     rustpeer [-timeout 5000ms] [-metadata key=value]... NETWORK ADDRESS SERVICE METHOD [HEX]
//     rustpeer -serve NETWORK ADDRESS
//
// NETWORK is "unix" or "tcp". HEX is the request message; the response message is printed the same
// way. A failed call prints "code N: text" and ends with exit status 1.
use std::collections::HashMap;
use std::net::{TcpListener, TcpStream};
use std::os::unix::io::{IntoRawFd, RawFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::exit;
use std::time::Duration;

use ttrpc::{
    get_status, response_to_channel, Client, Code, Error, MethodHandler, Request, Response, Server,
    TtrpcContext,
};

fn fail(status: i32, text: String) -> ! {
    eprintln!("{}", text);
    exit(status)
}

fn from_hex(text: &str) -> Vec<u8> {
    if text.len() % 2 != 0 || !text.is_ascii() {
        fail(2, format!("payload: {}", text));
    }
    (0..text.len() / 2)
        .map(|index| {
            u8::from_str_radix(&text[index * 2..index * 2 + 2], 16)
                .unwrap_or_else(|error| fail(2, format!("payload: {}", error)))
        })
        .collect()
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{:02x}", byte)).collect()
}

// Sockets are made here and handed over: ttrpc 0.5 knows abstract ones only, and wants to reuse
// their ports, which current kernels refuse.
fn connect(network: &str, address: &str) -> std::io::Result<RawFd> {
    match network {
        "unix" => Ok(UnixStream::connect(address)?.into_raw_fd()),
        _ => Ok(TcpStream::connect(address)?.into_raw_fd()),
    }
}

fn listen(network: &str, address: &str) -> std::io::Result<RawFd> {
    match network {
        "unix" => Ok(UnixListener::bind(address)?.into_raw_fd()),
        _ => Ok(TcpListener::bind(address)?.into_raw_fd()),
    }
}

fn call(client: &Client, request: Request) {
    match client.request(request) {
        Ok(response) => println!("{}", to_hex(&response.payload)),
        Err(Error::RpcStatus(status)) => {
            println!("code {}: {}", status.get_code() as i32, status.get_message());
            exit(1)
        }
        Err(error) => fail(3, error.to_string()),
    }
}

type Answer = fn(&TtrpcContext, &Request) -> Result<Vec<u8>, (Code, &'static str)>;

struct Handler(Answer);

impl MethodHandler for Handler {
    fn handler(&self, context: TtrpcContext, request: Request) -> ttrpc::Result<()> {
        let mut response = Response::new();
        match (self.0)(&context, &request) {
            Ok(payload) => response.set_payload(payload),
            Err((code, text)) => response.set_status(get_status(code, text)),
        }
        response_to_channel(context.mh.stream_id, response, context.res_tx)
    }
}

fn metadata(context: &TtrpcContext, _: &Request) -> Result<Vec<u8>, (Code, &'static str)> {
    let value = context.metadata.get("key").and_then(|values| values.first());
    let value = value.map(String::as_str).unwrap_or("");
    let mut message = vec![0x0a, value.len() as u8];
    message.extend_from_slice(value.as_bytes());
    Ok(message)
}

fn sleep(context: &TtrpcContext, _: &Request) -> Result<Vec<u8>, (Code, &'static str)> {
    std::thread::sleep(Duration::from_nanos(context.timeout_nano.max(0) as u64));
    Err((Code::DEADLINE_EXCEEDED, "too late"))
}

// Answers bench.Echo until it is killed: Unary, Fail, Metadata, and Sleep, which waits for its
// deadline.
fn serve(network: &str, address: &str) -> ! {
    let listener =
        listen(network, address).unwrap_or_else(|error| fail(2, format!("listen: {}", error)));
    let methods: [(&str, Answer); 4] = [
        ("Unary", |_, request| Ok(request.payload.clone())),
        ("Fail", |_, _| Err((Code::FAILED_PRECONDITION, "no"))),
        ("Metadata", metadata),
        ("Sleep", sleep),
    ];
    let mut service: HashMap<String, Box<dyn MethodHandler + Send + Sync>> = HashMap::new();
    for (name, answer) in methods {
        service.insert(format!("/bench.Echo/{}", name), Box::new(Handler(answer)));
    }
    let started = Server::new()
        .add_listener(listener)
        .and_then(|server| {
            let mut server = server.register_service(service);
            server.start().map(|_| server)
        });
    match started {
        Ok(_server) => loop {
            std::thread::park()
        },
        Err(error) => fail(2, format!("serve: {}", error)),
    }
}

fn main() {
    let mut request = Request::new();
    request.set_timeout_nano(5_000_000_000);
    let mut pairs: HashMap<String, Vec<String>> = HashMap::new();
    let mut words: Vec<String> = vec![];
    let mut serves = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(word) = arguments.next() {
        match word.as_str() {
            "-serve" => serves = true,
            "-timeout" => {
                let text = arguments.next().unwrap_or_default();
                let ms = text.strip_suffix("ms").and_then(|number| number.parse::<i64>().ok());
                let ms = ms.unwrap_or_else(|| fail(2, format!("timeout: want 100ms, not {}", text)));
                request.set_timeout_nano(ms * 1_000_000)
            }
            "-metadata" => {
                let pair = arguments.next().unwrap_or_default();
                let (key, value) = pair
                    .split_once('=')
                    .unwrap_or_else(|| fail(2, format!("want key=value, not {}", pair)));
                pairs.entry(key.to_lowercase()).or_default().push(value.into());
            }
            _ => words.push(word),
        }
    }
    if serves && words.len() == 2 {
        serve(&words[0], &words[1])
    }
    if words.len() != 4 && words.len() != 5 {
        fail(2, "usage: rustpeer [-timeout 5000ms] [-metadata key=value] NETWORK ADDRESS SERVICE METHOD [HEX] | rustpeer -serve NETWORK ADDRESS".into())
    }
    let socket = connect(&words[0], &words[1])
        .unwrap_or_else(|error| fail(2, format!("connect: {}", error)));
    request.set_service(words[2].clone());
    request.set_method(words[3].clone());
    request.set_payload(words.get(4).map(|text| from_hex(text)).unwrap_or_default());
    request.set_metadata(ttrpc::context::to_pb(pairs));
    call(&Client::new(socket), request)
}
