"""Says as JSON what openpyxl reads in a workbook."""

import datetime
import json
import sys
import warnings

import openpyxl

warnings.simplefilter("error")
# Solid data bars are an extension of Excel 2010 that openpyxl leaves out when it reads.
warnings.filterwarnings("ignore", message=".*xtension is not supported")
book = openpyxl.load_workbook(sys.argv[1])
sheets = []
for sheet in book.worksheets:
    cells = {}
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is None:
                continue
            value = cell.value
            kind = cell.data_type
            if isinstance(value, (datetime.datetime, datetime.date)):
                value = value.isoformat()
            cells[cell.coordinate] = {
                "value": value,
                "type": kind,
                "format": cell.number_format,
                "bold": bool(cell.font.bold),
                "fill": cell.fill.fgColor.rgb if cell.fill.fill_type == "solid" else None,
            }
    sheets.append({
        "name": sheet.title,
        "state": sheet.sheet_state,
        "cells": cells,
        "merged": sorted(str(area) for area in sheet.merged_cells.ranges),
        "frozen": sheet.freeze_panes,
        "charts": [type(chart).__name__ for chart in sheet._charts],
        "series": [len(chart.series) for chart in sheet._charts],
        "widths": {key: round(column.width, 1) for key, column in sheet.column_dimensions.items()},
        "filter": sheet.auto_filter.ref,
        "rows": sheet.max_row,
    })
properties = book.properties
json.dump({
    "sheets": sheets,
    "title": properties.title,
    "creator": properties.creator,
    "description": properties.description,
    "created": properties.created.isoformat(),
    "custom": {custom.name: custom.value for custom in book.custom_doc_props.props},
}, sys.stdout, ensure_ascii=False)
