-- One row is one original file, with province, programme and the counting system of its publisher resolved.
with artefact as (

    select
        stg_artefact.*,
        coalesce(published_on, {{ as_of() }}) as on_date,
        {{ match_key('programme_text') }} as programme_name_key,
        {{ match_key('publisher') }} as publisher_key
    from {{ ref('stg_artefact') }} as stg_artefact

),

system_choice as (

    select
        artefact.artefact,
        system.source_system,
        row_number() over (partition by artefact.artefact order by system.priority, system.pattern) as choice
    from artefact
    inner join {{ ref('source_system') }} as system
        on ' ' || artefact.publisher_key || ' ' like '% ' || {{ match_key('system.pattern') }} || ' %'

),

-- The same cells in other bytes: the first of them is the one that the others repeat.
cells as (

    select
        artefact,
        first_value(artefact) over (
            partition by content_fingerprint order by on_date, artefact
        ) as first_artefact
    from artefact
    where content_fingerprint is not null

)

select
    artefact.artefact,
    artefact.source,
    artefact.file,
    artefact.kind,
    artefact.media_type,
    artefact.size_bytes,
    artefact.status,
    artefact.title,
    artefact.published_on,
    artefact.province_text,
    place.province_key,
    artefact.publisher,
    coalesce(system_choice.source_system, 'other') as source_system,
    artefact.programme_text,
    programme_name.programme,
    artefact.records,
    artefact.statements,
    artefact.quarantined,
    artefact.ignored,
    artefact.reader_version,
    case when cells.first_artefact <> artefact.artefact then cells.first_artefact end as same_cells_as
from artefact
left join cells on artefact.artefact = cells.artefact
left join {{ ref('int_place') }} as place
    on artefact.province_text = place.place_text and artefact.on_date = place.on_date
left join {{ ref('int_programme_name') }} as programme_name
    on artefact.programme_name_key = programme_name.name_key
left join system_choice on artefact.artefact = system_choice.artefact and system_choice.choice = 1
