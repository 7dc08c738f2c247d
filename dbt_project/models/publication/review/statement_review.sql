-- One row is one statement that the reader is unsure of: it is kept, and goes into no KPI before a person has looked.
select
    statement.artefact || ':' || cast(statement.ordinal as string) as statement_key,
    statement.artefact,
    artefact.file,
    statement.kind,
    statement.indicator,
    statement.quote,
    statement.span_start,
    statement.span_end,
    statement.sentence,
    statement.sentence_sha,
    statement.confidence,
    statement.reasons
from {{ ref('stg_statement') }} as statement
inner join {{ ref('int_artefact') }} as artefact on statement.artefact = artefact.artefact
where statement.in_review
