//! The grammar that the languages share: paths, calls, brackets, pairs and the end of a statement.

use super::completed::SPREAD;
use super::tokens::{Kind, Token, closing};
use super::{Assignment, Call, Code};
use crate::import::read::MOST_DEPTH;
use crate::import::tree::{Data, Entry, Node};

/// Reads values, calls and paths out of tokens.
pub struct Reader<'a> {
    tokens: &'a [Token],
    /// For each opening bracket, where it is closed: the last token if it never is.
    closing: Vec<usize>,
}

impl<'a> Reader<'a> {
    pub fn new(tokens: &'a [Token]) -> Reader<'a> {
        Reader { tokens, closing: closing(tokens) }
    }

    fn is(&self, at: usize, punctuation: &str) -> bool {
        let token = self.tokens.get(at);
        token.is_some_and(|token| token.kind == Kind::Sign && token.text == punctuation)
    }

    fn line(&self, at: usize) -> usize {
        self.tokens.get(at).or(self.tokens.last()).map_or(1, |token| token.line)
    }

    /// Records what begins at this token.
    pub fn statement(&self, at: usize, code: &mut Code) {
        let starts = at == 0 || !(self.is(at - 1, ".") || self.is(at - 1, "::"));
        if self.is(at, "{") {
            let (node, _) = self.value(at, 0);
            let typed = at > 0 && self.tokens[at - 1].kind == Kind::Name;
            if !typed && !node.entries().is_empty() {
                code.objects.push(node);
            }
            return;
        }
        // Called on what another call returns: `(await connect(url)).createChannel()`.
        let chained = at > 1 && self.is(at - 1, ".") && self.is(at - 2, ")");
        let Some((path, end)) = self.path(at).filter(|_| starts || chained) else { return };
        let path = if chained { format!(".{path}") } else { path };
        let (line, end) = (self.line(at), self.generics(end));
        if self.is(end, "(") {
            let (args, named, after) = self.arguments(end, 0);
            if self.is(after, "{") {
                let (mut node, _) = self.value(after, 0);
                node.tag = Some(path.clone());
                code.objects.push(node);
            }
            code.calls.push(Call { path, line, args, named });
        } else if chained {
            // What is no call begins where its path does.
        } else if self.is(end, "{") {
            let (mut node, _) = self.value(end, 0);
            if !node.entries().is_empty() {
                node.tag = Some(path);
                code.objects.push(node);
            }
        } else if self.is(end, "[") && self.is(end + 2, "]") && self.assigns(end + 3) {
            let key = &self.tokens[end + 1].text;
            let (value, _) = self.value(end + 4, 0);
            code.assignments.push(Assignment { path: format!("{path}[{key}]"), line, value });
        } else if let Some(from) = self.assigned(end) {
            let (value, _) = self.value(from, 0);
            code.assignments.push(Assignment { path, line, value });
        }
    }

    fn assigns(&self, at: usize) -> bool {
        self.is(at, "=") || self.is(at, ":=")
    }

    /// Returns where the value of an assignment begins, also behind a type: `a: Config = …`.
    fn assigned(&self, at: usize) -> Option<usize> {
        if self.assigns(at) {
            return Some(at + 1);
        }
        let (_, end) = self.path(at + 1).filter(|_| self.is(at, ":"))?;
        let end = self.generics(end);
        self.assigns(end).then_some(end + 1)
    }

    /// Reads `a.b.c` and returns where it ends. `new` and `&` in front are passed over.
    fn path(&self, at: usize) -> Option<(String, usize)> {
        let mut at = at;
        while self.is(at, "&")
            || self
                .tokens
                .get(at)
                .is_some_and(|t| t.text == "new" && t.kind == Kind::Name && !self.is(at + 1, "("))
        {
            at += 1;
        }
        let first = self.tokens.get(at).filter(|token| token.kind == Kind::Name)?;
        let mut path = first.text.clone();
        let mut end = at + 1;
        while self.is(end, ".") || self.is(end, "::") || (self.is(end, "?.")) {
            let Some(next) = self.tokens.get(end + 1).filter(|token| token.kind == Kind::Name)
            else {
                break;
            };
            path.push('.');
            path.push_str(&next.text);
            end += 2;
        }
        Some((path, end))
    }

    /// Passes over type arguments: `<string, byte[]>`.
    fn generics(&self, at: usize) -> usize {
        if !self.is(at, "<") {
            return at;
        }
        let mut depth = 0;
        for end in at..(at + 40).min(self.tokens.len()) {
            let token = &self.tokens[end];
            match token.text.as_str() {
                "<" => depth += 1,
                ">" => depth -= 1,
                "," | "." | "[" | "]" | "?" | "|" => {}
                _ if token.kind == Kind::Name => {}
                _ => return at,
            }
            if depth == 0 {
                return end + 1;
            }
        }
        at
    }

    /// Reads the arguments of a call whose parenthesis opens at `at`.
    fn arguments(&self, at: usize, depth: usize) -> (Vec<Node>, Vec<Entry>, usize) {
        let (mut args, mut named) = (Vec::new(), Vec::new());
        let mut next = at + 1;
        while next < self.tokens.len() && !self.is(next, ")") {
            if self.is(next, ",") {
                next += 1;
                continue;
            }
            let key = &self.tokens[next];
            let is_named = key.kind == Kind::Name
                && (self.is(next + 1, "=") || self.is(next + 1, ":"))
                && depth <= MOST_DEPTH;
            if is_named {
                let (value, end) = self.value(next + 2, depth + 1);
                named.push(Entry { key: key.text.clone(), line: key.line, value });
                next = end.max(next + 3);
            } else {
                let (value, end) = self.value(next, depth + 1);
                args.push(value);
                next = end.max(next + 1);
            }
        }
        (args, named, (next + 1).min(self.tokens.len()))
    }

    /// Reads a value and returns where it ends: at a comma, a closing bracket or the end of a
    /// statement.
    fn value(&self, at: usize, depth: usize) -> (Node, usize) {
        let line = self.line(at);
        let end = self.end_of(at);
        if depth > MOST_DEPTH {
            return (Node::new(line, Data::Opaque("…".into())), end);
        }
        let Some(token) = self.tokens.get(at) else {
            return (Node::new(line, Data::Null), at);
        };
        let simple = |data: Data| (Node::new(line, data), end);
        if end == at + 1 && matches!(token.kind, Kind::Text | Kind::Number) {
            return simple(Data::Text(token.text.clone()));
        }
        if end == at + 2 && self.is(at, "-") && self.tokens[at + 1].kind == Kind::Number {
            return simple(Data::Text(format!("-{}", self.tokens[at + 1].text)));
        }
        if let Some(product) = self.product(at, end) {
            return simple(Data::Text(product));
        }
        if self.is(at, "{") || self.is(at, "[") || self.is(at, "(") {
            let (node, closed) = self.bracket(at, depth);
            return if closed == end { (node, end) } else { (self.opaque(at, end), end) };
        }
        if let Some((path, after)) = self.path(at) {
            let after = self.generics(after);
            if after == end {
                return simple(match path.as_str() {
                    "True" | "true" => Data::Text("true".into()),
                    "False" | "false" => Data::Text("false".into()),
                    "None" | "null" | "nil" | "undefined" => Data::Null,
                    _ => Data::Opaque(path),
                });
            }
            if let Some(node) = self.typed(path, after, end, depth) {
                return (node, end);
            }
        }
        (self.opaque(at, end), end)
    }

    /// Multiplies numbers, as in `60 * 60`.
    fn product(&self, at: usize, end: usize) -> Option<String> {
        let factors = (at..end).step_by(2).map(|i| match &self.tokens[i] {
            token if token.kind == Kind::Number => token.text.parse::<u64>().ok(),
            _ => None,
        });
        let between = (at + 1..end).step_by(2).all(|i| self.is(i, "*"));
        let many = end > at + 2 && (end - at) % 2 == 1;
        let product = |all: u64, factor: Option<u64>| all.checked_mul(factor?);
        let mut factors = factors;
        let product = if many && between { factors.try_fold(1, product) } else { None };
        product.map(|product| product.to_string())
    }

    /// Reads a literal behind a type or a function: `pika.BasicProperties(…)`, `Writer{…}`,
    /// `map[string]any{…}`.
    fn typed(&self, path: String, after: usize, end: usize, depth: usize) -> Option<Node> {
        let mut open = after;
        if self.is(after, "[") {
            open = (after..end).find(|&i| self.is(i, "{"))?;
        }
        let line = self.line(after);
        if self.is(open, "{") {
            let (node, closed) = self.bracket(open, depth);
            return (closed == end).then_some(Node { tag: Some(path), ..node });
        }
        if !self.is(open, "(") {
            return None;
        }
        let (args, named, closed) = self.arguments(open, depth + 1);
        if closed == end {
            let data = match (named.is_empty(), &args[..]) {
                (false, _) => Data::Map(named),
                (true, [Node { data: Data::Map(entries), .. }]) => Data::Map(entries.clone()),
                (true, _) => Data::List(args),
            };
            return Some(Node { line, tag: Some(path), data });
        }
        // `new Config() { … }`
        let (node, all) = self.is(closed, "{").then(|| self.bracket(closed, depth))?;
        (all == end).then_some(Node { tag: Some(path), ..node })
    }

    /// Reads a map or a list and returns where it closes.
    fn bracket(&self, at: usize, depth: usize) -> (Node, usize) {
        let line = self.line(at);
        let (mut items, mut entries) = (Vec::new(), Vec::new());
        let mut next = at + 1;
        while next < self.tokens.len() && !self.closes(next) {
            if self.is(next, ",") || self.is(next, ";") {
                next += 1;
                continue;
            }
            match self.key(next).filter(|_| !self.is(at, "(")) {
                Some((key, from)) => {
                    let (value, end) = self.value(from, depth + 1);
                    entries.push(Entry { key, line: self.line(next), value });
                    next = end.max(from);
                }
                None if self.is(at, "{")
                    && let Some((entry, end)) = self.method(next) =>
                {
                    entries.push(entry);
                    next = end;
                }
                None if self.is(at, "{") && (self.is(next, "**") || self.is(next, "...")) => {
                    let (value, end) = self.value(next + 1, depth + 1);
                    entries.push(Entry { key: SPREAD.to_owned(), line: self.line(next), value });
                    next = end.max(next + 1);
                }
                None => {
                    let (value, end) = self.value(next, depth + 1);
                    items.push(value);
                    next = end.max(next + 1);
                }
            }
        }
        let closed = (next + 1).min(self.tokens.len());
        let pairs = self.is(at, "{") && entries.is_empty() && !items.is_empty();
        let pair = |item: &Node| match item.items() {
            [key, value] => {
                Some(Entry { key: key.text()?.to_owned(), line: key.line, value: value.clone() })
            }
            _ => None,
        };
        let data = match items.iter().map(pair).collect::<Option<Vec<_>>>() {
            // C#: { { "key", "value" }, … }
            Some(pairs_of_text) if pairs => Data::Map(pairs_of_text),
            _ if entries.is_empty() && !(self.is(at, "{") && items.is_empty()) => Data::List(items),
            _ => Data::Map(entries),
        };
        let node = Node::new(line, data);
        match (&node.data, self.is(at, "(")) {
            // Parentheses around one value.
            (Data::List(items), true) if items.len() == 1 => (items[0].clone(), closed),
            _ => (node, closed),
        }
    }

    /// Reads the key of an entry and returns where its value begins: `a:`, `"a":`, `a =`,
    /// `["a"] =`, `"a" to`, `[A.B]:`.
    fn key(&self, at: usize) -> Option<(String, usize)> {
        let separates = |at: usize| {
            self.is(at, ":")
                || self.is(at, "=")
                || self.is(at, "=>")
                || self.tokens.get(at).is_some_and(|t| t.kind == Kind::Name && t.text == "to")
        };
        if self.is(at, "[") && self.is(at + 2, "]") && separates(at + 3) {
            return Some((self.tokens[at + 1].text.clone(), at + 4));
        }
        if self.is(at, "[") {
            let (path, end) = self.path(at + 1)?;
            return (self.is(end, "]") && separates(end + 1)).then_some((path, end + 2));
        }
        let token = self.tokens.get(at)?;
        match token.kind {
            Kind::Text if separates(at + 1) => Some((token.text.clone(), at + 2)),
            Kind::Name => {
                let (path, end) = self.path(at)?;
                separates(end).then_some((path, end + 1))
            }
            _ => None,
        }
    }

    /// Reads a function in an object literal, `async run({ a }) { … }`, and returns where it ends.
    fn method(&self, at: usize) -> Option<(Entry, usize)> {
        let is_name = |at: usize| self.tokens.get(at).is_some_and(|t| t.kind == Kind::Name);
        let at = if self.tokens[at].text == "async" && is_name(at + 1) { at + 1 } else { at };
        let body = (is_name(at) && self.is(at + 1, "(")).then(|| self.closing[at + 1] + 1)?;
        if !self.is(body, "{") {
            return None;
        }
        let (key, line) = (self.tokens[at].text.clone(), self.line(at));
        let value = Node::new(line, Data::Opaque("a function".into()));
        Some((Entry { key, line, value }, (self.closing[body] + 1).min(self.tokens.len())))
    }

    fn closes(&self, at: usize) -> bool {
        self.is(at, "}") || self.is(at, "]") || self.is(at, ")")
    }

    /// Returns the end of the expression that begins here: the next comma, closing bracket,
    /// semicolon, or the line break after which a statement ends.
    fn end_of(&self, at: usize) -> usize {
        let mut end = at;
        while end < self.tokens.len() {
            let sign = &self.tokens[end];
            end = match sign.text.as_str() {
                _ if sign.kind != Kind::Sign => end + 1,
                "(" | "[" | "{" => self.closing[end] + 1,
                ")" | "]" | "}" | "," | ";" => break,
                "<" => self.generics(end).max(end + 1),
                _ => end + 1,
            };
            if self.breaks(end) {
                break;
            }
        }
        end.min(self.tokens.len())
    }

    /// Returns true if a new line begins at this token that does not continue the expression.
    fn breaks(&self, at: usize) -> bool {
        let (Some(before), Some(token)) =
            (self.tokens.get(at.saturating_sub(1)), self.tokens.get(at))
        else {
            return true;
        };
        let opens =
            matches!(token.text.as_str(), "{" | "." | "?" | "?." | "??" | "||" | "+" | "*" | "|");
        let waits = before.kind == Kind::Sign && !matches!(before.text.as_str(), ")" | "]" | "}");
        token.line > before.line && !(token.kind == Kind::Sign && opens) && !waits
    }

    fn opaque(&self, at: usize, end: usize) -> Node {
        let last = end.min(at + 12);
        let parts = self.tokens[at..last].iter().map(|token| match token.kind {
            // Text in an expression may be a secret.
            Kind::Text => "\"…\"",
            _ => token.text.as_str(),
        });
        Node::new(self.line(at), Data::Opaque(parts.collect::<String>()))
    }
}
