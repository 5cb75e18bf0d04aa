"""Files, the ledger, and the way back.

`paths` names documents and outputs, `files` writes whole files, `lock` keeps runs apart, `originals` keeps bytes.
`ledger_form` is the ledger as types, `ledger_entries` and `ledger_write` make one, `ledger_read` (with `ledger_fields`
and `ledger_parse`) reads one that may be foreign. `encode`, `targets`, `restore` and `verify` are the way back.
No clock, no console, no settings: times and roots are passed in.
"""
