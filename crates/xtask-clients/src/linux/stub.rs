//! A server on loopback in place of a model: it keeps each request and answers with one word.

use serde_json::{Value, json};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

const WORD: &str = "done";

/// The running server.
#[derive(Debug)]
pub(crate) struct Stub {
    pub(crate) port: u16,
    requests: Arc<Mutex<Vec<Value>>>,
}

impl Stub {
    pub(crate) fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                // A client that hangs up early has lost its answer, and nothing else.
                thread::spawn(move || answer(&stream, &kept));
            }
        });
        Ok(Self { port, requests })
    }

    /// Returns the bodies of the requests so far.
    pub(crate) fn requests(&self) -> Vec<Value> {
        self.requests
            .lock()
            .map(|requests| requests.clone())
            .unwrap_or_default()
    }
}

fn answer(stream: &TcpStream, kept: &Mutex<Vec<Value>>) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let body: Value = serde_json::from_slice(&body(&mut reader)?).unwrap_or_default();
    let (kind, text) = reply(&path, &body);
    if let Ok(mut requests) = kept.lock() {
        requests.push(body);
    }
    let status = if kind.is_empty() {
        "404 Not Found"
    } else {
        "200 OK"
    };
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    )
}

/// Reads the headers and the body of a request.
fn body(reader: &mut BufReader<&TcpStream>) -> io::Result<Vec<u8>> {
    let (mut length, mut chunked) = (0, false);
    loop {
        let line = line(reader)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or(0),
            "transfer-encoding" => chunked = value.trim().eq_ignore_ascii_case("chunked"),
            "expect" => reader.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?,
            _ => {}
        }
    }
    let mut body = Vec::new();
    if !chunked {
        reader.take(length).read_to_end(&mut body)?;
        return Ok(body);
    }
    loop {
        let size = line(reader)?;
        let size = size.split(';').next().unwrap_or_default();
        let size = u64::from_str_radix(size.trim(), 16).unwrap_or(0);
        reader.take(size).read_to_end(&mut body)?;
        line(reader)?;
        if size == 0 {
            return Ok(body);
        }
    }
}

fn line(reader: &mut BufReader<&TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}

/// Returns the media type and the text of the answer; nothing for a path of no model.
fn reply(path: &str, request: &Value) -> (&'static str, String) {
    let model = request.get("model").cloned().unwrap_or_else(|| json!("stub"));
    let stream = request.get("stream") == Some(&Value::Bool(true));
    if path.contains("count_tokens") || path.contains("countTokens") {
        whole(&json!({"input_tokens": 10, "totalTokens": 10}))
    } else if path.contains("/messages") {
        messages(&model, stream)
    } else if path.contains("/chat/completions") {
        chat(&model, stream)
    } else if path.contains("/responses") {
        responses(&model, stream)
    } else if path.contains("enerateContent") {
        gemini(path.contains("stream"))
    } else if path.contains("models") {
        whole(
            &json!({"object": "list", "data": [{"id": "stub-model", "object": "model", "owned_by": "stub"}]}),
        )
    } else {
        ("", String::new())
    }
}

fn whole(answer: &Value) -> (&'static str, String) {
    ("application/json", answer.to_string())
}

/// Returns server-sent events; each with its type as its name, if it has one.
fn events(events: &[Value]) -> (&'static str, String) {
    let event = |event: &Value| match event.get("type").and_then(Value::as_str) {
        Some(name) => format!("event: {name}\ndata: {event}\n\n"),
        None => format!("data: {event}\n\n"),
    };
    ("text/event-stream", events.iter().map(event).collect())
}

/// Anthropic's Messages.
fn messages(model: &Value, stream: bool) -> (&'static str, String) {
    let text = json!({"type": "text", "text": WORD});
    let message = |content: Value, stop: Value| {
        json!({
            "id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": content,
            "stop_reason": stop, "stop_sequence": null, "usage": {"input_tokens": 10, "output_tokens": 1},
        })
    };
    if !stream {
        return whole(&message(json!([text]), json!("end_turn")));
    }
    events(&[
        json!({"type": "message_start", "message": message(json!([]), Value::Null)}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": WORD}}),
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": null}, "usage": {"output_tokens": 1}}),
        json!({"type": "message_stop"}),
    ])
}

/// OpenAI's Chat Completions.
fn chat(model: &Value, stream: bool) -> (&'static str, String) {
    let usage = json!({"prompt_tokens": 10, "completion_tokens": 1, "total_tokens": 11});
    let base = |choices: Value, usage: &Value| {
        let object = if stream {
            "chat.completion.chunk"
        } else {
            "chat.completion"
        };
        json!({"id": "chat_1", "object": object, "created": 1, "model": model, "choices": choices, "usage": usage})
    };
    let message = json!({"role": "assistant", "content": WORD});
    if !stream {
        return whole(&base(
            json!([{"index": 0, "message": message, "finish_reason": "stop"}]),
            &usage,
        ));
    }
    let (kind, text) = events(&[
        base(
            json!([{"index": 0, "delta": message, "finish_reason": null}]),
            &Value::Null,
        ),
        base(
            json!([{"index": 0, "delta": {}, "finish_reason": "stop"}]),
            &Value::Null,
        ),
        base(json!([]), &usage),
    ]);
    (kind, text + "data: [DONE]\n\n")
}

/// OpenAI's Responses.
fn responses(model: &Value, stream: bool) -> (&'static str, String) {
    let content = json!([{"type": "output_text", "text": WORD, "annotations": []}]);
    let item = json!({"type": "message", "id": "m_1", "role": "assistant", "status": "completed", "content": content});
    let response = |status: &str, output: Value| {
        let usage = json!({"input_tokens": 10, "output_tokens": 1, "total_tokens": 11});
        json!({"id": "resp_1", "object": "response", "status": status, "model": model, "output": output, "usage": usage})
    };
    let done = response("completed", json!([item]));
    if !stream {
        return whole(&done);
    }
    events(&[
        json!({"type": "response.created", "response": response("in_progress", json!([]))}),
        json!({"type": "response.output_item.added", "output_index": 0, "item": item}),
        json!({"type": "response.output_item.done", "output_index": 0, "item": item}),
        json!({"type": "response.completed", "response": done}),
    ])
}

/// Gemini's generateContent.
fn gemini(stream: bool) -> (&'static str, String) {
    let content = json!({"role": "model", "parts": [{"text": WORD}]});
    let usage = json!({"promptTokenCount": 10, "candidatesTokenCount": 1, "totalTokenCount": 11});
    let candidate = json!({"content": content, "finishReason": "STOP", "index": 0});
    let answer = json!({"candidates": [candidate], "usageMetadata": usage, "modelVersion": "stub"});
    match stream {
        true => events(&[answer]),
        false => whole(&answer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends a request and returns the answer.
    fn ask(port: u16, request: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn requests_are_kept_and_answered() {
        let stub = Stub::start().unwrap();
        let body = r#"{"model":"m","stream":true}"#;
        for path in ["/v1/messages?beta=true", "/v1/responses", "/v1/chat/completions"] {
            let answer = ask(
                stub.port,
                &format!(
                    "POST {path} HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}",
                    body.len()
                ),
            );
            assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{path}: {answer}");
            assert!(
                answer.contains("text/event-stream") && answer.contains(WORD),
                "{path}: {answer}"
            );
        }
        let chunks = "POST /v1beta/models/m:generateContent HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
                      5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n";
        assert!(ask(stub.port, chunks).contains("application/json"));
        assert!(ask(stub.port, "GET /nothing HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
        let model = json!({"model": "m", "stream": true});
        let requests = stub.requests();
        assert_eq!(
            requests.get(..4),
            Some(&[model.clone(), model.clone(), model, json!({"a": 1})][..])
        );
    }
}
