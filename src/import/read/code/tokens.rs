//! Tokens of source code, without comments.

/// Kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Name,
    Number,
    /// A string literal, without its quotes.
    Text,
    Sign,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub text: String,
    /// The line of its first character, from 1.
    pub line: usize,
}

/// Splits a text into tokens.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut scanner = Scanner {
        rest: text,
        line: 1,
        // A number sign begins a comment in Python, and means something else everywhere else.
        hash_comments: is_python(text),
    };
    let mut all = Vec::new();
    while let Some(token) = scanner.next() {
        all.push(token);
    }
    all
}

/// Returns for each opening bracket where it is closed: the last token if it never is.
pub fn closing(tokens: &[Token]) -> Vec<usize> {
    let mut closing = vec![tokens.len().saturating_sub(1); tokens.len()];
    let mut open = Vec::new();
    for (i, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Sign) {
        match token.text.as_str() {
            "(" | "[" | "{" => open.push(i),
            ")" | "]" | "}" => {
                if let Some(opening) = open.pop() {
                    closing[opening] = i;
                }
            }
            _ => {}
        }
    }
    closing
}

fn is_python(text: &str) -> bool {
    let python = |line: &str| {
        let line = line.trim_end();
        (line.starts_with("import ") && !line.contains(['{', ';', '"', '\'']))
            || (line.starts_with("from ") && line.contains(" import "))
            || (line.starts_with("def ") || line.starts_with("class ")) && line.ends_with(':')
            || line.starts_with('#') && !line.starts_with("#region") && !line.starts_with("#pragma")
            || line.starts_with("with ") && line.ends_with(':')
    };
    let other = ["package ", "using ", "const ", "let ", "var ", "public ", "namespace "];
    text.lines().any(python) && !text.lines().any(|line| other.iter().any(|o| line.starts_with(o)))
}

struct Scanner<'a> {
    rest: &'a str,
    line: usize,
    hash_comments: bool,
}

impl<'a> Scanner<'a> {
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.line += taken.bytes().filter(|&byte| byte == b'\n').count();
        self.rest = rest;
        taken
    }

    fn skip_blanks_and_comments(&mut self) {
        loop {
            let blank = self.rest.len() - self.rest.trim_start().len();
            self.take(blank);
            let comment = if self.rest.starts_with("//")
                || self.rest.starts_with('#') && self.hash_comments
            {
                self.rest.find('\n').unwrap_or(self.rest.len())
            } else if self.rest.starts_with("/*") {
                self.rest.find("*/").map_or(self.rest.len(), |end| end + 2)
            } else {
                return;
            };
            self.take(comment);
        }
    }

    fn next(&mut self) -> Option<Token> {
        self.skip_blanks_and_comments();
        let line = self.line;
        let first = self.rest.chars().next()?;
        if let Some(text) = self.string() {
            return Some(Token { kind: Kind::Text, text, line });
        }
        let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let kind = match first {
            c if c.is_ascii_digit() => Kind::Number,
            c if is_name(c) || c == '@' => Kind::Name,
            _ => Kind::Sign,
        };
        let length = match kind {
            Kind::Number => {
                let number = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
                self.rest.find(|c| !number(c)).unwrap_or(self.rest.len())
            }
            Kind::Name => {
                let start = first.len_utf8();
                self.rest[start..].find(|c| !is_name(c)).map_or(self.rest.len(), |end| start + end)
            }
            _ => {
                let long = [
                    "??=", "===", ":=", "=>", "==", "!=", "<=", ">=", "->", "::", "?.", "??", "||",
                    "&&", "**", "...",
                ];
                let long = long.iter().find(|sign| self.rest.starts_with(**sign));
                long.map_or(first.len_utf8(), |sign| sign.len())
            }
        };
        let text = self.take(length).to_owned();
        let text = if kind == Kind::Number { number(&text) } else { text };
        Some(Token { kind, text, line })
    }

    /// Takes a string literal with the prefixes of Python and C#; `None` if there is none.
    fn string(&mut self) -> Option<String> {
        // A prefix has at most two letters.
        let mut start = self.rest.char_indices().take(3);
        let (prefix, _) = start.find(|(_, c)| matches!(c, '"' | '\'' | '`'))?;
        if !self.rest[..prefix].chars().all(|c| "rbfuRBFU@$".contains(c)) {
            return None;
        }
        let body = &self.rest[prefix..];
        for quote in ["\"\"\"", "'''"] {
            if let Some(inner) = body.strip_prefix(quote) {
                let end = inner.find(quote);
                let text = inner[..end.unwrap_or(inner.len())].to_owned();
                self.take(end.map_or(self.rest.len(), |end| prefix + end + 6));
                return Some(text);
            }
        }
        let quote = body.chars().next()?;
        let mut text = String::new();
        let mut chars = body[1..].char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                c if c == quote => {
                    self.take(prefix + 1 + at + 1);
                    return Some(text);
                }
                '\\' if quote != '`' => text.extend(chars.next().map(|(_, next)| next)),
                // No string goes over the end of a line but those in backticks.
                '\n' if quote != '`' => {
                    self.take(prefix + 1 + at);
                    return Some(text);
                }
                c => text.push(c),
            }
        }
        self.take(self.rest.len());
        Some(text)
    }
}

/// Removes separators and suffixes: `120_000`, `30L`, `2147483647u`.
fn number(text: &str) -> String {
    let digits: String = text.chars().filter(|&c| c != '_').collect();
    let digits = if digits.starts_with("0x") {
        &digits
    } else {
        digits.trim_end_matches(['L', 'l', 'u', 'U', 'n', 'm', 'f'])
    };
    digits.to_owned()
}
