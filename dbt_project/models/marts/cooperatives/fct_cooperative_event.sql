-- One row is one event in the life of an organisation: founded, or a status that changed between two reporting dates.
with event as (

    -- the newest delivery knows the founding day best
    select
        cooperative_key,
        'founded' as event,
        founded_on as happened_from,
        founded_on as happened_to,
        founded_on_precision as precision,
        name,
        province_key,
        cast(null as string) as status_before,
        artefact,
        file,
        sheet,
        cells
    from {{ ref('int_cooperative_version') }}
    where next_on is null and founded_on is not null
    union all
    select
        cooperative_key,
        case status
            when 'active' then 'resumed'
            when 'suspended' then 'suspended'
            when 'dissolving' then 'dissolving'
            when 'dissolved' then 'dissolved'
        end as event,
        {{ day_after('last_on_before', 1) }} as happened_from,
        first_on as happened_to,
        'between_reports' as precision,
        name,
        province_key,
        status_before,
        first_artefact as artefact,
        first_file as file,
        first_sheet as sheet,
        first_cells as cells
    from {{ ref('int_cooperative_version') }}
    where status_before is not null and status is not null and status <> status_before

)

select
    {{ key_of(['cooperative_key', 'event', 'happened_to']) }} as event_key,
    cooperative_key,
    event,
    happened_from,
    happened_to,
    precision,
    name,
    province_key,
    status_before,
    artefact,
    file,
    sheet,
    cells
from event
