//! Examples to begin with, and the syntaxes of files.

/// The syntaxes that a file can be read in, by the key of the importer, and their names.
pub const SYNTAXES: [(&str, &str); 7] = [
    ("yaml", "YAML"),
    ("json", "JSON"),
    ("properties", "properties"),
    ("env", "environment variables"),
    ("hcl", "Terraform (HCL)"),
    ("code", "source code"),
    ("describe", "output of a Kafka tool"),
];

/// Examples: a name, and files with their names.
pub const EXAMPLES: [(&str, &[(&str, &str)]); 4] = [
    (
        "Spring Boot with Kafka",
        &[
            ("application.yml", include_str!("examples/application.yml")),
            ("orders-topic.txt", include_str!("examples/orders-topic.txt")),
        ],
    ),
    ("Python with Kafka", &[("payments.py", include_str!("examples/payments.py"))]),
    ("RabbitMQ definitions", &[("definitions.json", include_str!("examples/definitions.json"))]),
    ("Lambda on SQS", &[("template.yaml", include_str!("examples/template.yaml"))]),
];
