-- One row is one statement with the place it is about and the day on which that name was used.
select
    statement.artefact,
    statement.ordinal,
    case
        when coalesce(statement.geography_level, 'province') = 'province'
            then coalesce(statement.geography, artefact.province_text)
    end as place_text,
    coalesce(
        artefact.published_on, statement.as_of, least(statement.period_end, {{ as_of() }}), {{ as_of() }}
    ) as on_date
from {{ ref('stg_statement') }} as statement
left join {{ ref('stg_artefact') }} as artefact on statement.artefact = artefact.artefact
