//! The syntax of a text, told by its content.

use crate::import::read::{json, properties, yaml};
use crate::import::tree::{Data, Node};

/// Syntax of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    Yaml,
    Json,
    Properties,
    Environment,
    Hcl,
    Code,
    /// Output of `kafka-topics --describe` or `kafka-configs --describe`.
    Described,
}

impl Syntax {
    pub const ALL: [Syntax; 7] = {
        use Syntax::*;
        [Yaml, Json, Properties, Environment, Hcl, Code, Described]
    };

    pub fn key(self) -> &'static str {
        match self {
            Syntax::Yaml => "yaml",
            Syntax::Json => "json",
            Syntax::Properties => "properties",
            Syntax::Environment => "env",
            Syntax::Hcl => "hcl",
            Syntax::Code => "code",
            Syntax::Described => "describe",
        }
    }

    pub fn from_key(key: &str) -> Option<Syntax> {
        Syntax::ALL.into_iter().find(|syntax| syntax.key() == key)
    }

    /// Returns the syntax of a text, by its content.
    pub fn of(text: &str) -> Syntax {
        let start = text.trim_start();
        let has = |part: &str| text.contains(part);
        if has("ReplicationFactor:") && has("PartitionCount:")
            || has("synonyms={") && has("sensitive=")
            || has("Dynamic configs for ")
        {
            return Syntax::Described;
        }
        if start.starts_with('{') || start.starts_with('[') && json::document(text).is_ok() {
            return Syntax::Json;
        }
        let lines = beginnings(text);
        let any = |test: &dyn Fn(&str) -> bool| lines.iter().any(|line| test(line));
        if any(&|line| HCL.iter().any(|start| line.starts_with(start))) {
            return Syntax::Hcl;
        }
        // Whatever is inside of it.
        if ["apiVersion:", "kind:"].iter().all(|key| any(&|line| line.starts_with(key))) {
            return Syntax::Yaml;
        }
        if properties::has_sections(text) {
            return Syntax::Properties;
        }
        let count = |test: fn(&str) -> bool| lines.iter().filter(|line| test(line)).count();
        let (assigns, maps) = (count(is_assignment), count(is_mapping));
        // Values of properties may look like anything.
        let of_framework = any(&is_framework);
        let is_code = |line: &str| is_statement(line) && !(of_framework && is_assignment(line));
        if any(&is_code) && !any(&|line| line == "---") && !is_yaml(text) {
            return Syntax::Code;
        }
        if assigns > 0 && assigns >= maps && !is_yaml(text) {
            let mut own = lines.iter().filter(|line| is_assignment(line));
            let env = own.all(|line| is_shouted(line));
            return if env { Syntax::Environment } else { Syntax::Properties };
        }
        Syntax::Yaml
    }
}

/// What blocks of Terraform begin with.
const HCL: [&str; 8] = [
    "resource \"",
    "data \"",
    "variable \"",
    "locals {",
    "module \"",
    "provider \"",
    "terraform {",
    "output \"",
];

/// Returns the lines that begin something: no comments, nothing inside of a block of YAML (behind `|` or
/// `>`), which may hold any text, and no line that continues the one in front of it.
fn beginnings(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    // The column of the key whose block this is.
    let mut block: Option<usize> = None;
    let mut continues = false;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() {
            continues = false;
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        if block.is_some_and(|column| indent > column) {
            continue;
        }
        block = opens_block(line).then(|| column(line));
        let passed = std::mem::replace(&mut continues, properties::continues(line));
        if !passed && !is_comment(line) {
            out.push(line);
        }
    }
    out
}

/// Returns true for a key or an item of YAML whose value is a block of text: `InlineCode: !Sub |-`.
fn opens_block(line: &str) -> bool {
    let line = line.split(" #").next().unwrap_or(line).trim_end();
    let Some((before, sign)) = line.rsplit_once(' ') else { return false };
    let is_sign = sign.starts_with(['|', '>'])
        && sign.len() <= 3
        && sign[1..].chars().all(|c| matches!(c, '+' | '-' | '1'..='9'));
    let mut before = before.trim_end();
    // A tag or an anchor.
    if let Some((rest, word)) = before.rsplit_once(' ')
        && word.starts_with(['!', '&'])
    {
        before = rest.trim_end();
    }
    is_sign && before.ends_with([':', '-'])
}

/// Returns the column of the key in this line of YAML, behind the dashes of a list.
fn column(line: &str) -> usize {
    let mut rest = line.trim_start();
    while let Some(next) = rest.strip_prefix("- ").map(str::trim_start)
        && !next.starts_with(['|', '>'])
    {
        rest = next;
    }
    line.len() - rest.len()
}

/// Returns true if this is a map in YAML, whatever the text of its values looks like. Keys such as
/// `def handle(a)` are those of no configuration.
fn is_yaml(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./%$:[]\"".contains(c);
    let is_map = |document: &Node| match &document.data {
        Data::Map(entries) => {
            !entries.is_empty()
                && entries.iter().all(|e| !e.key.is_empty() && e.key.chars().all(plain))
        }
        _ => false,
    };
    yaml::documents(text).is_ok_and(|all| {
        let mut all = all.iter().filter(|document| document.data != Data::Null).peekable();
        all.peek().is_some() && all.all(is_map)
    })
}

/// Returns true for an assignment to a variable of the environment: `export KAFKA_ACKS=1`.
fn is_shouted(line: &str) -> bool {
    let key = line.split('=').next().unwrap_or_default().trim();
    let key = key.trim_start_matches("export ").trim_start_matches("- ");
    !key.is_empty() && key.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

pub fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with(['#', '!']) || line.starts_with("//")
}

/// Returns true for `key=value` of a properties file.
fn is_assignment(line: &str) -> bool {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let key = line.split_once('=').map(|(key, _)| key.trim_end());
    let in_key = |c: char| c.is_ascii_alphanumeric() || "._-%[]\"{},/$".contains(c);
    key.is_some_and(|key| !key.is_empty() && key.chars().all(in_key))
}

/// Returns true for `key: value` of YAML.
pub fn is_mapping(line: &str) -> bool {
    let line = line.trim_start().trim_start_matches("- ");
    line.split_once(':').is_some_and(|(key, rest)| {
        (rest.is_empty() || rest.starts_with(' '))
            && !key.is_empty()
            && !key.contains(['(', '=', '{'])
    })
}

/// Returns true for a key of a framework's properties.
fn is_framework(line: &str) -> bool {
    let starts = ["spring.", "mp.messaging.", "quarkus.", "%"];
    is_assignment(line) && starts.iter().any(|start| line.trim_start().starts_with(start))
}

/// Returns true for a line that begins a statement of a programming language.
fn is_statement(line: &str) -> bool {
    const STARTS: [&str; 23] = [
        "import ",
        "from ",
        "package ",
        "using ",
        "const ",
        "let ",
        "var ",
        "func ",
        "def ",
        "class ",
        "public ",
        "private ",
        "namespace ",
        "async ",
        "export ",
        "require(",
        "new ",
        "module.exports",
        "app.config",
        "await ",
        "return ",
        "with ",
        "fn ",
    ];
    let line = line.trim_start();
    let starts = STARTS.iter().any(|start| line.starts_with(start))
        && !is_mapping(line)
        && !(line.starts_with("export ") && is_assignment(line))
        || line.starts_with("use ") && line.ends_with(';');
    let calls = [");", "({", "([", "(", "})"].iter().any(|end| line.ends_with(end));
    let sets = line.split_once('=').is_some_and(|(name, value)| {
        let name = name.trim_end().trim_end_matches(':');
        let value = value.trim();
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        let literal = value.starts_with(['{', '"', '\''])
            && (name.contains('_') || name.chars().all(is_name))
            || ["True", "False", "None"].contains(&value)
            || value.ends_with('(');
        literal && !name.contains('-') && name.chars().all(is_name) && line.contains(" = ")
    });
    starts || calls || sets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syntax_is_told_by_content() {
        for (text, syntax) in [
            ("a.b=1\nc=2\n", Syntax::Properties),
            ("# x\nA_B=1\nexport C=2\n", Syntax::Environment),
            ("spring:\n  kafka:\n    x: y=z\n", Syntax::Yaml),
            ("{\"a\": 1}", Syntax::Json),
            ("[1]", Syntax::Json),
            ("locals {\n a = 1\n}\n", Syntax::Hcl),
            ("import os\nX = 1\n", Syntax::Code),
            ("const a = {\n  b: 1,\n};\n", Syntax::Code),
            ("CELERY_TASK_ACKS_LATE = True\n", Syntax::Code),
            ("Topic: a\tPartitionCount: 1\tReplicationFactor: 1\tConfigs: \n", Syntax::Described),
            ("! x\nacks = 1\nenable.idempotence = true", Syntax::Properties),
            (
                "Resources:\n  F:\n    InlineCode: |\n      import os\n      x(\n    Timeout: 1\n",
                Syntax::Yaml,
            ),
            ("a:\n  - b: >-\n      from here\n    c: [\n", Syntax::Yaml),
            ("a: it comes\n  from here\nb: 1\n", Syntax::Yaml),
            ("a: |\n  b=1\n  c=2\n", Syntax::Yaml),
            ("spring.a=insert into t (\nspring.b = \"x\"\n", Syntax::Properties),
            ("a=it comes \\\n  from here\nb=1\n", Syntax::Properties),
            ("; x\n[default]\nacks=1\n\n[a.b]\nretries = \"2\"\n", Syntax::Properties),
            ("[Route(\"x\")]\npublic class A {\n  a = 1;\n}\n", Syntax::Code),
            ("use a::b;\nfn main() {\n}\n", Syntax::Code),
            (
                "ClientsModule.register([\n  { name: 'A', transport: Transport.KAFKA },\n])\n",
                Syntax::Code,
            ),
            ("def handle(a):\n  return {\"b\": 1}\n", Syntax::Code),
            (
                "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    b=1\n    c=2\n    d=3\n    e=4\n",
                Syntax::Yaml,
            ),
        ] {
            assert_eq!(Syntax::of(text), syntax, "{text}");
        }
    }
}
