"""Questions asked of assessments: pure functions, model in, model or table out."""
