-- One row is one measurable claim of a bulletin, with its place in the text.
with source as (

    {{ accepted_records('statement', 'ordinal') }}

),

renamed as (

    select
        artefact,
        ordinal,
        quote,
        {{ quoted('start') }} as span_start,
        {{ quoted('end') }} as span_end,
        sentence,
        sentence_start,
        sentence_end,
        sentence_sha,
        kind,
        indicator,
        cast(value as decimal(22, 4)) as value,
        cast(value_high as decimal(22, 4)) as value_high,
        qualifier,
        unit,
        scope,
        scope_note,
        per,
        geography,
        geography_level,
        period_start,
        period_end,
        as_of,
        confidence,
        reasons,
        coalesce(in_review, false) as in_review
    from source

)

select * from renamed
