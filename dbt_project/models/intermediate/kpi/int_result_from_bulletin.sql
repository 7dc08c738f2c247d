-- One row is one result that a bulletin states; what is still in review is left out.
select
    {{ key_of(["'bulletin'", 'statement.artefact', 'statement.ordinal']) }} as result_key,
    artefact.programme,
    statement.indicator,
    statement.scope,
    statement.scope_note,
    place.province_key,
    place.territory_key,
    statement.geography,
    statement.geography_level,
    statement.period_start,
    case
        when indicator.measure = 'flow' then coalesce(statement.period_end, statement.as_of, artefact.published_on)
        -- "hiện có", "đến nay": the day of publication stands for a day that the text does not give
        else coalesce(statement.as_of, statement.period_end, artefact.published_on)
    end as period_end,
    statement.qualifier,
    statement.value,
    statement.value_high,
    cast(null as decimal(22, 4)) as numerator,
    cast(null as decimal(22, 4)) as denominator,
    statement.unit,
    'bulletin' as origin,
    artefact.source_system,
    artefact.published_on,
    coalesce(artefact.published_on, statement.as_of, statement.period_end) as known_on,
    statement.artefact,
    artefact.file,
    cast(null as string) as sheet,
    cast(null as string) as cells,
    statement.quote,
    statement.span_start,
    statement.span_end,
    statement.sentence,
    cast(null as string) as computation_vi,
    cast(null as string) as computation_en,
    cast(null as bigint) as rows_counted,
    cast(null as string) as input_keys
from {{ ref('stg_statement') }} as statement
inner join {{ ref('int_artefact') }} as artefact on statement.artefact = artefact.artefact
inner join {{ ref('int_statement_place') }} as mention
    on statement.artefact = mention.artefact and statement.ordinal = mention.ordinal
left join {{ ref('int_place') }} as place
    on mention.place_text = place.place_text and mention.on_date = place.on_date
left join {{ ref('indicators') }} as indicator on statement.indicator = indicator.code
where
    statement.kind = 'result'
    and not statement.in_review
    and statement.indicator is not null
