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
        version.cooperative_key,
        'founded' as event,
        told.founded_on as happened_from,
        told.founded_on as happened_to,
        told.founded_on_precision as precision,
        cast(null as string) as status_before,
        version.last_row as told_by
    from version
    inner join {{ ref('int_cooperative_status') }} as told on version.last_row = told.row_version
    where version.next_on is null and told.founded_on is not null
    union all
    -- told by the first reporting date that shows it
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
        status_before,
        first_row as told_by
    from version
    where status <> status_before

)

select
    {{ key_of(['event.cooperative_key', 'event.event', 'event.happened_to']) }} as event_key,
    event.cooperative_key,
    event.event,
    event.happened_from,
    event.happened_to,
    event.precision,
    record.name,
    record.province_key,
    event.status_before,
    record.artefact,
    record.file,
    record.sheet,
    record.cells
from event
inner join {{ ref('int_cooperative_status') }} as record on event.told_by = record.row_version
