/** Korean: analyses that the service works on, such as studies and ranges. */
export default {
  "analysis.running": "계산 중:",
  "analysis.cancelling": "중지하는 중:",
  "analysis.progress": "분석 진행",
  "analysis.done": "{all}개 가운데 {n}개 완료.",
  "analysis.cancel": "취소",
  "status.failed": "실패",
  "analysis.files": "파일",
};
