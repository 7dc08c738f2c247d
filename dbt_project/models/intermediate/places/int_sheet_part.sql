-- One row is one sheet of a workbook, one record type, and one place and day that its rows report on, with the rows
-- accepted of them. Everything else that is asked of sheets is asked here.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook=[
        "{{ forget_old(ref('int_reading'), 'reading_version') }}",
        "{{ name_files('cooperative_status', missing_readings('cooperative_status', 'record_type')) }}",
        "{{ name_files('training_class', missing_readings('training_class', 'record_type')) }}",
        "{{ name_files('loan', missing_readings('loan', 'record_type')) }}",
        "{{ name_files('support', missing_readings('support', 'record_type')) }}"
    ]
) }}
{% for record_type, model in [
    ('cooperative_status', 'stg_cooperative_status'), ('training_class', 'stg_training_class'), ('loan', 'stg_loan'),
    ('support', 'stg_support'), ('indicator_report', 'stg_indicator_report')
] %}
select
    record.artefact,
    record.sheet,
    '{{ record_type }}' as record_type,
    record.report_province,
    record.report_period_end,
    count(*) as records,
    reading.reading_version
from {{ ref(model) }} as record
inner join {{ missing_readings(record_type, 'record_type') }} as reading on record.artefact = reading.artefact
-- a table knows its rows; the views read files
where {{ 'true' if model == 'stg_indicator_report' else is_in_named_file('record.lake_file', record_type) }}
group by record.artefact, record.sheet, record.report_province, record.report_period_end, reading.reading_version
{% if not loop.last %}
union all
{% endif %}
{% endfor %}
