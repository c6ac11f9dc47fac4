/** English: analyses that the service works on, such as studies and ranges. */
export default {
  "analysis.running": "The service is working:",
  "analysis.cancelling": "The service stops:",
  "analysis.progress": "Progress of the analysis",
  "analysis.done": "{n} of {all} done.",
  "analysis.cancel": "Cancel",
  "status.failed": "Failed",
  "analysis.files": "Files",
};
