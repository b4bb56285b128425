//! HCL, the language of Terraform, by hcl-edit, which keeps spans.
//!
//! Expressions become trees: a product is a list under the tag `*`, a reference is opaque under
//! the tag `ref`, a call of a function is a list of its arguments under the function's name, and a
//! template with `${…}` one of its parts. They are evaluated later, when all files are there.

use super::{MOST_DEPTH, Problem};
use crate::import::tree::{Data, Entry, Node};
use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Block, Body, Structure};
use hcl_edit::template::{Element, Template};
use std::ops::Range;

/// The tag of a text with `${…}` inside, whose parts are a list.
pub const TEMPLATE: &str = "${}";
/// The same of a text over several lines, `<<EOF`, which begins on the next one.
pub const HEREDOC: &str = "<<";

/// Reads a file. A block `resource "a" "b" {…}` becomes the entry `resource.a.b`.
pub fn body(text: &str) -> Result<Node, Problem> {
    let body: Body = hcl_edit::parser::parse_body(text).map_err(|error| {
        Problem::at(error.location().line(), format!("this is no valid HCL: {}", error.message()))
    })?;
    let starts: Vec<usize> =
        std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect();
    Reader { text, starts }.body(&body, 1, 0)
}

struct Reader<'a> {
    text: &'a str,
    /// Where each line begins.
    starts: Vec<usize>,
}

impl Reader<'_> {
    fn line(&self, span: Option<Range<usize>>) -> usize {
        span.map_or(0, |span| self.starts.partition_point(|&start| start <= span.start))
    }

    fn body(&self, body: &Body, line: usize, depth: usize) -> Result<Node, Problem> {
        let mut entries = Vec::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let line = self.line(attribute.key.span());
                    let value = self.expression(&attribute.value, depth + 1)?;
                    entries.push(Entry { key: attribute.key.to_string(), line, value });
                }
                Structure::Block(block) => entries.push(self.block(block, depth + 1)?),
            }
        }
        Ok(Node::new(line, Data::Map(entries)))
    }

    fn block(&self, block: &Block, depth: usize) -> Result<Entry, Problem> {
        let line = self.line(block.ident.span());
        if depth > MOST_DEPTH {
            let problem = format!("more than {MOST_DEPTH} levels of nesting are not read");
            return Err(Problem::at(line, problem));
        }
        let labels = block.labels.iter().map(|label| label.as_str());
        let key: Vec<&str> = std::iter::once(block.ident.as_str()).chain(labels).collect();
        Ok(Entry { key: key.join("."), line, value: self.body(&block.body, line, depth)? })
    }

    fn expression(&self, expression: &Expression, depth: usize) -> Result<Node, Problem> {
        let line = self.line(expression.span());
        if depth > MOST_DEPTH {
            let problem = format!("more than {MOST_DEPTH} levels of nesting are not read");
            return Err(Problem::at(line, problem));
        }
        let inner = |expression: &Expression| self.expression(expression, depth + 1);
        let mut tag = None;
        let data = match expression {
            Expression::Null(_) => Data::Null,
            Expression::Bool(value) => Data::Text(value.to_string()),
            Expression::Number(value) => Data::Text(value.value().to_string()),
            Expression::String(value) => Data::Text(value.as_str().to_owned()),
            Expression::StringTemplate(template) => {
                return self.template(template, TEMPLATE, line, depth);
            }
            Expression::HeredocTemplate(heredoc) => {
                return self.template(&heredoc.template, HEREDOC, line, depth);
            }
            Expression::Array(items) => {
                Data::List(items.iter().map(inner).collect::<Result<_, _>>()?)
            }
            Expression::Object(object) => {
                let mut entries = Vec::new();
                for (key, value) in object.iter() {
                    let (key, at) = match key {
                        ObjectKey::Ident(name) => (name.to_string(), name.span()),
                        ObjectKey::Expression(Expression::String(text)) => {
                            (text.as_str().to_owned(), text.span())
                        }
                        ObjectKey::Expression(other) => (String::new(), other.span()),
                    };
                    let value = inner(value.expr())?;
                    entries.push(Entry { key, line: self.line(at), value });
                }
                Data::Map(entries)
            }
            Expression::Parenthesis(parenthesis) => return inner(parenthesis.inner()),
            Expression::FuncCall(call) => {
                tag = Some(call.name.name.to_string());
                Data::List(call.args.iter().map(inner).collect::<Result<_, _>>()?)
            }
            Expression::BinaryOp(operation) => {
                tag = Some(operation.operator.as_str().to_owned());
                Data::List(vec![inner(&operation.lhs_expr)?, inner(&operation.rhs_expr)?])
            }
            Expression::Variable(_) | Expression::Traversal(_) => {
                tag = Some("ref".to_owned());
                self.opaque(expression)
            }
            _ => self.opaque(expression),
        };
        Ok(Node { line, tag, data })
    }

    /// Reads a text with `${…}` inside.
    fn template(
        &self,
        template: &Template,
        tag: &str,
        line: usize,
        depth: usize,
    ) -> Result<Node, Problem> {
        let part = |element: &Element| match element {
            Element::Literal(text) => Ok(Node::text_at(line, text.as_str())),
            Element::Interpolation(inner) => self.expression(&inner.expr, depth + 1),
            Element::Directive(_) => Ok(Node::new(line, Data::Opaque("%{…}".into()))),
        };
        let mut parts = template.iter().map(part).collect::<Result<Vec<Node>, _>>()?;
        let tag = Some(tag.to_owned());
        let is_one = matches!(template.iter().next(), Some(Element::Interpolation(_)));
        if is_one && parts.len() == 1 {
            // `"${x}"` is `x`.
            return Ok(parts.remove(0));
        }
        if template.iter().all(|element| matches!(element, Element::Literal(_))) {
            let text: String = parts.iter().filter_map(Node::text).collect();
            return Ok(Node { line, tag, data: Data::Text(text) });
        }
        Ok(Node { line, tag, data: Data::List(parts) })
    }

    fn opaque(&self, expression: &Expression) -> Data {
        let text = expression.span().and_then(|span| self.text.get(span));
        Data::Opaque(text.unwrap_or_default().trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_lines_labels_and_expressions() {
        let text = "resource \"a\" \"b\" {\n  t = x.y.timeout * 6\n  p = jsonencode({\n    n = 4\n  \
                    })\n  inner { k = \"v\" }\n}\n";
        let read = body(text).unwrap();
        let block = read.entry("resource.a.b").unwrap();
        let product = block.value.get("t").unwrap();
        assert_eq!((block.line, product.tag.as_deref()), (1, Some("*")));
        assert_eq!(product.items()[0].data, Data::Opaque("x.y.timeout".into()));
        assert_eq!(product.items()[1].text(), Some("6"));
        let policy = &block.value.get("p").unwrap().items()[0];
        assert_eq!(
            (policy.entry("n").unwrap().line, policy.get("n").unwrap().text()),
            (4, Some("4"))
        );
        assert_eq!(block.value.at(&["inner", "k"]).and_then(Node::text), Some("v"));
    }

    #[test]
    fn templates_are_lists_of_their_parts() {
        let text = "a = \"x\\\"${local.b}\"\nc = \"${local.d}\"\ne = <<-EOF\n  f ${var.g}\n  EOF\nh = <<EOF\ni\nEOF\n";
        let read = body(text).unwrap();
        let a = read.get("a").unwrap();
        assert_eq!((a.tag.as_deref(), a.items()[0].text()), (Some(TEMPLATE), Some("x\"")));
        assert_eq!(a.items()[1].data, Data::Opaque("local.b".into()));
        assert_eq!(read.get("c").unwrap().data, Data::Opaque("local.d".into()));
        let e = read.get("e").unwrap();
        assert_eq!((e.tag.as_deref(), e.line, e.items().len()), (Some(HEREDOC), 3, 3));
        assert_eq!(read.get("h").and_then(Node::text), Some("i\n"));
    }

    #[test]
    fn half_a_file_and_a_deep_one_are_refused() {
        assert!(body("a = 1\nb = {\n").unwrap_err().line > 0);
        for deep in ["[", "(", "!", "-", "{a=", "f(", "\"${"] {
            let _ = body(&format!("a = {}", deep.repeat(20_000)));
        }
        let _ = body(&"a {".repeat(20_000));
        let _ = body(&format!("a = {}1", "1 + ".repeat(20_000)));
        let _ = body(&format!("a = {}1", "x ? 1 : ".repeat(20_000)));
    }
}
