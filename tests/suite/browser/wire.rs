//! A websocket that speaks JSON commands and events, as both browsers' remote protocols do.

use serde_json::{Value, json};
use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::{Duration, Instant};
use tungstenite::{Message, WebSocket};

/// How long a command may take before the test fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// A connection to a browser. Events that arrive between answers wait in [`Wire::take_events`].
pub(super) struct Wire {
    socket: WebSocket<TcpStream>,
    last_id: u64,
    events: Vec<Value>,
}

impl Wire {
    /// Connects to `ws://127.0.0.1:{port}{path}`.
    pub(super) fn connect(port: u16, path: &str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("the browser listens");
        stream
            .set_read_timeout(Some(Duration::from_millis(50)))
            .expect("a socket takes a timeout");
        stream.set_nodelay(true).expect("a socket takes nodelay");
        // The handshake reads without patience of its own; the browser answers it at once.
        let address = format!("ws://127.0.0.1:{port}{path}");
        let mut shaking = match tungstenite::client(address, stream) {
            Ok((socket, _)) => return Self::over(socket),
            Err(tungstenite::HandshakeError::Interrupted(shaking)) => shaking,
            Err(error) => panic!("the browser refused the connection: {error}"),
        };
        let deadline = Instant::now() + PATIENCE;
        loop {
            assert!(Instant::now() < deadline, "the browser never shook hands");
            shaking = match shaking.handshake() {
                Ok((socket, _)) => return Self::over(socket),
                Err(tungstenite::HandshakeError::Interrupted(shaking)) => shaking,
                Err(error) => panic!("the browser refused the connection: {error}"),
            };
        }
    }

    fn over(mut socket: WebSocket<TcpStream>) -> Self {
        socket.set_config(|config| {
            config.max_message_size = None;
            config.max_frame_size = None;
        });
        Self {
            socket,
            last_id: 0,
            events: Vec::new(),
        }
    }

    /// Sends a command and waits for its result; `extra` (a CDP session, say) is merged into the
    /// message.
    ///
    /// # Errors
    /// What the browser said against it.
    pub(super) fn call(
        &mut self,
        method: &str,
        params: &Value,
        extra: Option<(&str, &str)>,
    ) -> Result<Value, String> {
        let id = self.send(method, params, extra);
        let deadline = Instant::now() + PATIENCE;
        loop {
            assert!(
                Instant::now() < deadline,
                "no answer to {method} in {PATIENCE:?}"
            );
            let Some(mut message) = self.receive() else {
                continue;
            };
            if message["id"] != json!(id) {
                self.events.push(message);
                continue;
            }
            if message.get("error").is_some_and(|error| !error.is_null()) {
                return Err(format!("{method}: {message}"));
            }
            return Ok(message["result"].take());
        }
    }

    /// Sends a command; its answer, which nobody waits for, arrives among the events.
    pub(super) fn send(
        &mut self,
        method: &str,
        params: &Value,
        extra: Option<(&str, &str)>,
    ) -> u64 {
        self.last_id += 1;
        let mut message = json!({"id": self.last_id, "method": method, "params": params});
        if let Some((key, value)) = extra {
            message[key] = json!(value);
        }
        self.socket
            .send(Message::text(message.to_string()))
            .unwrap_or_else(|error| panic!("sending {method}: {error}"));
        self.last_id
    }

    /// What has happened since the last time, waiting up to 50 ms for something to happen.
    pub(super) fn take_events(&mut self) -> Vec<Value> {
        if let Some(message) = self.receive() {
            self.events.push(message);
        }
        std::mem::take(&mut self.events)
    }

    fn receive(&mut self) -> Option<Value> {
        match self.socket.read() {
            Ok(Message::Text(text)) => serde_json::from_str(&text).ok(),
            Ok(_) => None,
            Err(tungstenite::Error::Io(error))
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
            {
                None
            }
            Err(error) => panic!("the browser closed the connection: {error}"),
        }
    }
}
