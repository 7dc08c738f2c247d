-- One row is one event in the life of an organisation: founded, or a status that changed between two reporting dates.
with version as (

    select
        version.*,
        history.cooperative_key
    from {{ ref('int_cooperative_version') }} as version
    inner join {{ ref('int_cooperative_history') }} as history
        on version.history_version = history.history_version

),

event as (

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
    from version
    where next_on is null and founded_on is not null
    union all
    -- told by the first reporting date that shows it
    select
        version.cooperative_key,
        case version.status
            when 'active' then 'resumed'
            when 'suspended' then 'suspended'
            when 'dissolving' then 'dissolving'
            when 'dissolved' then 'dissolved'
        end as event,
        {{ day_after('version.last_on_before', 1) }} as happened_from,
        version.first_on as happened_to,
        'between_reports' as precision,
        version.name,
        version.province_key,
        version.status_before,
        told.artefact,
        told.file,
        told.sheet,
        told.cells
    from version
    inner join {{ ref('int_cooperative_period') }} as told
        on version.cooperative_no = told.cooperative_no and version.first_on = told.period_end
    where version.status <> version.status_before

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
