-- One row is one sheet of a workbook, one record type, and one place and day that its rows report on, with the rows
-- accepted of them. Everything else that is asked of sheets is asked here: to open thousands of files once is enough.
{% for record_type, model in [
    ('cooperative_status', 'stg_cooperative_status'), ('training_class', 'stg_training_class'), ('loan', 'stg_loan'),
    ('support', 'stg_support'), ('indicator_report', 'stg_indicator_report')
] %}
select
    artefact,
    sheet,
    '{{ record_type }}' as record_type,
    report_province,
    report_period_end,
    count(*) as records
from {{ ref(model) }}
group by artefact, sheet, report_province, report_period_end
{% if not loop.last %}
union all
{% endif %}
{% endfor %}
